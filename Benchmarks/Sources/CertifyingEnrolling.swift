import Credentials
import Issuance
import Registry
import TestKit
import WireFormats

/// Decides, prepares, lints and signs, and records nothing.
struct CertifyingEnrolling: Enrolling {
  private let profile: PreparedProfile
  private let context: DecisionContext
  private let applicant: Applicant

  init(profile: PreparedProfile, installation: TestInstallation, door: Door) throws {
    self.profile = profile
    let now = installation.clock.now()
    context = DecisionContext(
      profile: profile.profile, organization: installation.authorities.organization.name,
      addresses: installation.authorities.addresses, authorityNotAfter: profile.authority.certificate.notAfter,
      now: now, door: door, isRenewal: false)
    applicant = Applicant(
      right: .grant(try IssueBenchmark.grant(in: installation, profile: profile.profile, at: now)), device: nil,
      certificates: [])
  }

  func certify(_ request: RequestedCertificate) async throws(Refusal) -> [UInt8] {
    guard request.verifyProofOfPossession() else { throw Refusal(.proofOfPossession, "the benchmark's own request") }
    var random = SystemRandomNumberGenerator()
    return try await profile.sign(
      try Decision.decide(request, by: applicant, in: context), publicKey: request.publicKey,
      serial: SerialNumber(at: context.now, random: &random))
  }

  func enroll(_ request: EnrollmentRequest) async throws(Refusal) -> Issued {
    Issued(
      certificate: try await certify(request.request), chain: profile.authority.chain,
      serial: SerialNumber(at: context.now), repeated: false, profile: profile.profile.name)
  }

  func authorityChains(label: ProfileName?) async throws(Refusal) -> [[UInt8]] { profile.authority.chain }
}

/// For a door whose requests need none.
struct NoSecrets: SecretOpening {
  func secrets(named name: String) async throws(Refusal) -> [[UInt8]] { [] }
}

extension SerialNumber {
  fileprivate init(at now: Instant) {
    var random = SystemRandomNumberGenerator()
    self.init(at: now, random: &random)
  }
}

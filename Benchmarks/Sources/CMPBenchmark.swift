import Credentials
import Enrollment
import Issuance
import Registry
import TestKit
import WireFormats

/// p10cr with signature as the door answers it, without the store, beside the same cryptographic operations alone.
/// Prints both in microseconds of processor time and their ratio as JSON.
///
/// The operations: the message's signature and the request's are verified, certificate and answer are signed.
struct CMPBenchmark {
  private let installation: TestInstallation
  private let service: CMPService
  private let device: TestDevice
  private let certificate: [UInt8]
  private let message: [UInt8]
  private let enrolling: CertifyingEnrolling

  static func run() async throws {
    let benchmark = try await CMPBenchmark()
    _ = try await benchmark.answers(200)
    var (best, floor) = (Double.infinity, Double.infinity)
    // The best of several runs: whatever else the machine does only adds.
    for _ in 0..<7 {
      best = min(best, try await benchmark.answers(1000))
      floor = min(floor, try benchmark.operations(1000))
    }
    print("{\"cmp_microseconds\": \(best), \"operations_microseconds\": \(floor), \"ratio\": \(best / floor)}")
  }

  init() async throws {
    installation = try await TestInstallation()
    let profile = try PreparedProfile(
      profile: try ProfileDocument.parse(
        BuiltInProfiles.texts[1].replacing("protocols: [est", with: "protocols: [cmp, est")),
      authorities: installation.authorities)
    device = try TestDevice("BENCH-1")
    enrolling = try CertifyingEnrolling(profile: profile, installation: installation)
    let request = try await device.request()
    certificate = try await enrolling.certify(request.requested)
    let profiles = ProfileLookup(
      store: installation.store, organization: installation.organization, catalog: installation.catalog)
    service = CMPService(
      enrolling: enrolling,
      revoking: CertificateService(
        store: installation.store, organization: installation.organization, clock: installation.clock.now),
      information: InstallationInformation(roster: installation.roster, profiles: profiles) { _ in nil },
      transactions: ForgetfulTransactions(), secrets: NoSecrets(),
      protecting: AuthorityProtection(
        roster: installation.roster, store: installation.store, profiles: profiles, clock: installation.clock.now),
      registrar: { _ throws(Refusal) in nil }, clock: installation.clock.now)
    var client = CMPClient(
      .signature(certificate: certificate, chain: [], device.key), at: installation.clock.now())
    client.implicitConfirm = true
    message = try client.message(4, request.encoded)
  }

  private func answers(_ count: Int) async throws -> Double {
    let began = IssueBenchmark.processorNanoseconds()
    for _ in 0..<count {
      let answer = await service.answer(message, at: CMPAddress(client: "192.0.2.1"))
      guard answer.failure == nil else { throw Refusal(.badRequest, "\(String(describing: answer.failure))") }
    }
    return Double(IssueBenchmark.processorNanoseconds() - began) / 1000 / Double(count)
  }

  private func operations(_ count: Int) throws -> Double {
    let octets = [UInt8](repeating: 1, count: 600)
    let signature = try device.key.signature(over: octets)
    let began = IssueBenchmark.processorNanoseconds()
    for _ in 0..<count {
      for _ in 0..<2 {
        guard device.key.publicKey.isValidSignature(signature, over: octets, algorithm: device.key.algorithm) else {
          throw Refusal(.proofOfPossession, "the benchmark's own signature")
        }
        _ = try device.key.signature(over: octets)
      }
    }
    return Double(IssueBenchmark.processorNanoseconds() - began) / 1000 / Double(count)
  }
}

/// Decides, prepares, lints and signs, and records nothing.
private struct CertifyingEnrolling: Enrolling {
  private let profile: PreparedProfile
  private let context: DecisionContext
  private let applicant: Applicant

  init(profile: PreparedProfile, installation: TestInstallation) throws {
    self.profile = profile
    let now = installation.clock.now()
    context = DecisionContext(
      profile: profile.profile, organization: installation.authorities.organization.name,
      addresses: installation.authorities.addresses, authorityNotAfter: profile.authority.certificate.notAfter,
      now: now, door: .cmp, isRenewal: false)
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

private struct ForgetfulTransactions: CMPTransactions {
  func transaction(_ identifier: String) async throws(Refusal) -> [UInt8]? { nil }
  func put(
    _ state: [UInt8], replacing old: [UInt8]?, of identifier: String, until expiry: Instant
  ) async throws(Refusal) -> Bool { true }
}

private struct NoSecrets: SecretOpening {
  func secrets(named name: String) async throws(Refusal) -> [[UInt8]] { [] }
}

extension SerialNumber {
  fileprivate init(at now: Instant) {
    var random = SystemRandomNumberGenerator()
    self.init(at: now, random: &random)
  }
}

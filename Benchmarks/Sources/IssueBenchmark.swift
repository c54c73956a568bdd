import Credentials
import Issuance
import Registry
import TestKit
import WireFormats

/// One certificate as the issuing path makes it, without the store: parse, prove possession, decide, prepare and lint,
/// sign, and encode the answer. Prints microseconds of processor time a certificate as JSON.
struct IssueBenchmark {
  let installation: TestInstallation
  let profile: PreparedProfile
  let context: DecisionContext
  let applicant: Applicant
  let request: [UInt8]

  /// For a tool that counts instructions: so many certificates, and no figure.
  static func run(count: Int) async throws { _ = try await IssueBenchmark().rounds(count) }

  static func run() async throws {
    let benchmark = try await IssueBenchmark()
    _ = try await benchmark.rounds(500)
    var best = Double.infinity
    // The best of several runs: whatever else the machine does only adds.
    for _ in 0..<7 { best = min(best, try await benchmark.rounds(3000)) }
    print("{\"issue_microseconds\": \(best)}")
  }

  init() async throws {
    installation = try await TestInstallation()
    let parsed = try ProfileDocument.parse(BuiltInProfiles.texts[1])
    profile = try PreparedProfile(profile: parsed, authorities: installation.authorities)
    let now = installation.clock.now()
    context = DecisionContext(
      profile: parsed, organization: installation.authorities.organization.name,
      addresses: installation.authorities.addresses, authorityNotAfter: profile.authority.certificate.notAfter,
      now: now, door: .est, isRenewal: false)
    let grant = try Self.grant(in: installation, profile: parsed, at: now)
    applicant = Applicant(right: .grant(grant), device: nil, certificates: [])
    request = try await TestDevice("BENCH-1").request().encoded
  }

  static func grant(in installation: TestInstallation, profile: Profile, at now: Instant) throws -> GrantRecord {
    var random = SystemRandomNumberGenerator()
    return GrantRecord(
      name: GrantName(random: &random), organization: installation.organization, secretHash: [], profile: profile.name,
      uses: .max, expiresAt: now + .hours(24), createdAt: now, createdBy: "benchmark")
  }

  /// Microseconds a certificate over so many.
  private func rounds(_ count: Int) async throws -> Double {
    var random = SystemRandomNumberGenerator()
    let began = ProcessorTime.nanoseconds()
    for _ in 0..<count {
      let parsed = try CertificationRequest(parsing: request)
      guard parsed.verifyProofOfPossession() else { throw Refusal(.proofOfPossession, "the benchmark's own request") }
      let decision = try Decision.decide(parsed, by: applicant, in: context)
      let certificate = try await profile.sign(
        decision, publicKey: parsed.publicKey, serial: SerialNumber(at: context.now, random: &random))
      _ = Base64.encodeBytes(CertificatesOnly.encode([certificate] + profile.authority.chain))
    }
    return Double(ProcessorTime.nanoseconds() - began) / 1000 / Double(count)
  }
}

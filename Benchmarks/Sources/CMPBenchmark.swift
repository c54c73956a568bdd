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
    var figure = DoorFigure()
    for _ in 0..<DoorFigure.rounds {
      figure.note(door: try await benchmark.answers(1000), operations: try benchmark.operations(1000))
    }
    figure.print("cmp")
  }

  init() async throws {
    installation = try await TestInstallation()
    let profile = try PreparedProfile(
      profile: try ProfileDocument.parse(
        BuiltInProfiles.texts[1].replacing("protocols: [est", with: "protocols: [cmp, est")),
      authorities: installation.authorities)
    device = try TestDevice("BENCH-1")
    enrolling = try CertifyingEnrolling(profile: profile, installation: installation, door: .cmp)
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
    let began = ProcessorTime.nanoseconds()
    for _ in 0..<count {
      let answer = await service.answer(message, at: CMPAddress(client: "192.0.2.1"))
      guard answer.failure == nil else { throw Refusal(.badRequest, "\(String(describing: answer.failure))") }
    }
    return Double(ProcessorTime.nanoseconds() - began) / 1000 / Double(count)
  }

  private func operations(_ count: Int) throws -> Double {
    let octets = [UInt8](repeating: 1, count: 600)
    let signature = try device.key.signature(over: octets)
    let began = ProcessorTime.nanoseconds()
    for _ in 0..<count {
      for _ in 0..<2 {
        guard device.key.publicKey.isValidSignature(signature, over: octets, algorithm: device.key.algorithm) else {
          throw Refusal(.proofOfPossession, "the benchmark's own signature")
        }
        _ = try device.key.signature(over: octets)
      }
    }
    return Double(ProcessorTime.nanoseconds() - began) / 1000 / Double(count)
  }
}

private struct ForgetfulTransactions: CMPTransactions {
  func transaction(_ identifier: String) async throws(Refusal) -> [UInt8]? { nil }
  func put(
    _ state: [UInt8], replacing old: [UInt8]?, of identifier: String, until expiry: Instant
  ) async throws(Refusal) -> Bool { true }
}

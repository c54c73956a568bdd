import Credentials
import Crypto
import Enrollment
import Issuance
import KeyCustody
import Registry
import TestKit
import WireFormats
import _CryptoExtras

/// A PKCSReq of a client with RSA-2048 as the door answers it, without the store, beside the same cryptographic operations
/// alone.
///
/// The operations: the message's signature and the request's are verified, the envelope's key is opened, the certificate is
/// signed (P-256), the answer's key is encrypted to the client, and the answer is signed.
struct SCEPBenchmark {
  private let installation: TestInstallation
  private let service: SCEPService
  private let profile: ProfileName
  private let client: SoftwareKey
  private let message: [UInt8]

  static func run() async throws {
    let benchmark = try await SCEPBenchmark()
    _ = try await benchmark.answers(50)
    let operations = try CryptographicOperations(client: benchmark.client)
    var figure = DoorFigure()
    for _ in 0..<DoorFigure.rounds {
      figure.note(door: try await benchmark.answers(200), operations: try operations.run(200))
    }
    figure.print("scep")
  }

  private static let text = """
    name: scep
    authority: operational
    subject:
      - commonName: "{serial}"
    keys: [RSA-2048]
    validity: 7d
    key-usage: [digitalSignature]
    extended-key-usage: [clientAuth]
    ask: [grant]
    protocols: [scep]
    """

  init() async throws {
    let installation = try await TestInstallation()
    self.installation = installation
    guard let profile = ProfileName(rawValue: "scep") else { throw Refusal(.notFound, "the benchmark's profile") }
    self.profile = profile
    _ = try await ProfileService(
      store: installation.store, roster: installation.roster, clock: installation.clock.now
    ).apply(Self.text, named: profile, isDryRun: false, by: .installation)
    let authorities = RegistrationAuthorities(
      store: installation.store, roster: installation.roster, catalog: installation.catalog,
      keys: installation.keys.online, clock: installation.clock.now)
    let authority = try await authorities.registrationAuthority(of: profile)
    let prepared = try PreparedProfile(
      profile: try ProfileDocument.parse(Self.text), authorities: installation.authorities)
    service = SCEPService(
      enrolling: try CertifyingEnrolling(profile: prepared, installation: installation, door: .scep),
      authorities: { _ throws(Refusal) in authority }, secrets: NoSecrets(), records: NoRecords(),
      clock: installation.clock.now)
    client = try SoftwareKey.generate(.rsa2048)
    guard let recipient = Recipient(authority.certificate) else { throw Refusal(.unavailable, "no recipient") }
    message = try TestSCEPClient(key: client, serial: "BENCH-1").message(
      19, content: try TestSCEPClient.request(client, serial: "BENCH-1", challenge: "a secret"), to: [recipient])
  }

  private func answers(_ count: Int) async throws -> Double {
    let began = ProcessorTime.nanoseconds()
    for _ in 0..<count {
      let answer = try await service.operate(message, profile: profile, address: "192.0.2.1")
      if let refusal = answer.refusal { throw refusal }
    }
    return Double(ProcessorTime.nanoseconds() - began) / 1000 / Double(count)
  }
}

/// By the same library, with nothing around it.
private struct CryptographicOperations {
  private let client: SoftwareKey
  private let authority: SoftwareKey
  private let opening: OpeningKey
  private let clientKey: _RSA.Encryption.PublicKey
  private let transported: [UInt8]
  private let signature: [UInt8]
  private let octets = [UInt8](repeating: 1, count: 1200)
  private let issuing: SoftwareKey

  init(client: SoftwareKey) throws {
    self.client = client
    authority = try SoftwareKey.generate(.rsa2048)
    issuing = try SoftwareKey.generate(.p256)
    guard let opening = OpeningKey(authority) else { throw Refusal(.unavailable, "no key to open with") }
    self.opening = opening
    clientKey = try _RSA.Encryption.PublicKey(derRepresentation: client.publicKey.encoded)
    let own = try _RSA.Encryption.PublicKey(derRepresentation: authority.publicKey.encoded)
    transported = Array(try own.encrypt([UInt8](repeating: 2, count: 16), padding: KeyTransport.pkcs1.padding))
    signature = try client.signature(over: octets)
  }

  func run(_ count: Int) throws -> Double {
    let began = ProcessorTime.nanoseconds()
    for _ in 0..<count {
      for _ in 0..<2 {
        guard client.publicKey.isValidSignature(signature, over: octets, algorithm: client.algorithm) else {
          throw Refusal(.proofOfPossession, "the benchmark's own signature")
        }
      }
      guard opening.decrypt(transported, .pkcs1) != nil else { throw Refusal(.badRequest, "the benchmark's own key") }
      _ = try issuing.signature(over: octets)
      _ = try clientKey.encrypt([UInt8](repeating: 3, count: 16), padding: KeyTransport.pkcs1.padding)
      _ = try authority.signature(over: octets)
    }
    return Double(ProcessorTime.nanoseconds() - began) / 1000 / Double(count)
  }
}

private struct NoRecords: SCEPRecords {
  func certificate(issuer: DistinguishedName, serial: SerialNumber) async throws -> CertificateRecord? { nil }
  func certificate(fingerprint: [UInt8]) async throws -> CertificateRecord? { nil }
  func device(_ identifier: DeviceID) async throws -> DeviceRecord? { nil }
  func revocationList(issuer: DistinguishedName) async throws -> [UInt8]? { nil }
  func transaction(_ identifier: String) async throws -> [UInt8]? { nil }
  func remember(_ state: [UInt8], transaction identifier: String, until expiry: Instant) async throws {}
}

import Credentials
import Crypto
import Issuance
import Registry
import Synchronization
import WireFormats

/// A certification request with a fresh P-256 key.
enum SampleRequest {
  static func make() throws -> [UInt8] {
    let key = P256.Signing.PrivateKey()
    return try CertificationRequest.encode(
      subject: DistinguishedName([]),
      publicKey: SubjectPublicKeyInfo(parsing: [UInt8](key.publicKey.derRepresentation)),
      sign: { message in [UInt8](try key.signature(for: message).derRepresentation) })
  }
}

/// Issues one fixed certificate to whoever asks, or refuses, and keeps what it was asked last.
final class FixedEnrolling: Enrolling {
  private let refusal: Refusal?
  private let last = Mutex<EnrollmentRequest?>(nil)

  init(refusal: Refusal? = nil) { self.refusal = refusal }

  var asked: EnrollmentRequest? { last.withLock { $0 } }

  func enroll(_ request: EnrollmentRequest) async throws(Refusal) -> Issued {
    last.withLock { $0 = request }
    if let refusal { throw refusal }
    guard let serial = SerialNumber(hex: "01") else { throw Refusal(.unavailable, "no serial") }
    return Issued(certificate: [0x30, 0], chain: [], serial: serial, repeated: false)
  }

  func authorityChains(label: ProfileName?) async throws(Refusal) -> [[UInt8]] {
    if label?.rawValue == "unknown" { throw Refusal(.notFound, "there is no such profile at this address") }
    return [[0x30, 0], [0x30, 1, 0]]
  }
}

import Credentials
import Issuance
import KeyCustody
import Registry

/// A device in a test: a key of its own and the requests that it makes.
public struct TestDevice: Sendable {
  public let serial: String
  public let key: SoftwareKey

  public init(_ serial: String, _ algorithm: KeyAlgorithm = .p256) throws {
    self.serial = serial
    key = try SoftwareKey.generate(algorithm)
  }

  /// A device that has another's key.
  public init(serial: String, key: SoftwareKey) { (self.serial, self.key) = (serial, key) }

  /// A certification request for this key, with the serial as CN unless other attributes are given.
  public func request(
    subject: DistinguishedName? = nil, extensions: [CertificateExtension] = []
  ) async throws -> CertificationRequest {
    let name = subject ?? DistinguishedName([.init(type: AttributeType.commonName, value: serial)])
    let toBeSigned = CertificationRequest.toBeSigned(subject: name, publicKey: key.publicKey, extensions: extensions)
    let signature = try await key.sign(toBeSigned)
    return try CertificationRequest(
      parsing: CertificationRequest.assemble(toBeSigned, algorithm: key.algorithm, signature: signature))
  }
}

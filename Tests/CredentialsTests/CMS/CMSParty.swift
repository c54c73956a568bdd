import Credentials
import KeyCustody
import TestKit
import WireFormats

/// Somebody with a key and a certificate, for CMS objects that go to and from OpenSSL.
struct CMSParty: Sendable {
  let key: SoftwareKey
  let certificate: Certificate

  static let authority = made { try SmallAuthority() }
  static let p256 = made { try CMSParty(.p256) }
  static let p384 = made { try CMSParty(.p384) }
  static let rsa = made { try CMSParty(.rsa2048) }

  static func of(_ algorithm: KeyAlgorithm) throws -> CMSParty {
    switch algorithm {
    case .p256: p256
    case .p384: p384
    case .rsa2048: rsa
    case .ed25519, .rsa3072, .rsa4096: try CMSParty(algorithm)
    }
  }

  /// Made once, so that not every test makes an RSA key.
  private static func made<Value>(_ body: () throws -> Value) -> Value {
    do { return try body() } catch { fatalError("no test key: \(error)") }
  }

  init(_ algorithm: KeyAlgorithm) throws {
    key = try SoftwareKey.generate(algorithm)
    let usage: KeyUsage =
      switch algorithm {
      case .p256, .p384: [.digitalSignature, .keyAgreement]
      case .ed25519: .digitalSignature
      case .rsa2048, .rsa3072, .rsa4096: [.digitalSignature, .keyEncipherment]
      }
    certificate = try Self.authority.issue("party", key: key.publicKey, extensions: [.keyUsage(usage)])
  }

  var opening: OpeningKey? { OpeningKey(key) }

  /// `party.key`, `party.pem` and `ca.pem`.
  func write(to bench: Workbench) throws {
    try bench.writePEM("CERTIFICATE", certificate.encoded, to: "party.pem")
    try bench.writePEM("CERTIFICATE", Self.authority.certificate.encoded, to: "ca.pem")
    try bench.write(Array((key.pkcs8PEM ?? "").utf8), to: "party.key")
  }

  func signedData(
    _ content: [UInt8], type: ObjectIdentifier = CMSContentType.data, attributes: [CMSAttribute] = [],
    identifier: CertificateIdentifier? = nil, isUnderKeyIdentifier: Bool = false, isDetached: Bool = false
  ) throws -> [UInt8] {
    let signer = SignerInfo.ToBeSigned(
      content: content, type: type, identifier: identifier ?? CertificateIdentifier(certificate),
      algorithm: key.algorithm, attributes: attributes, isUnderKeyIdentifier: isUnderKeyIdentifier)
    return SignedData.encode(
      content: isDetached ? nil : content, type: type,
      signers: [(signer, try key.signature(over: signer.message))], certificates: [certificate.encoded])
  }
}

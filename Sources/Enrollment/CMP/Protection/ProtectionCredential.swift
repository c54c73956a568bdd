import Credentials
import Issuance
import Registry

/// What the server signs its messages with: a certificate that an authority made for this alone.
public struct ProtectionCredential: Sendable {
  public let certificate: Certificate
  /// What leads from it to the root, DER, the root not among them.
  public let chain: [[UInt8]]
  public let algorithm: SignatureAlgorithm
  /// Signs a message, as X.509 carries signatures.
  public let sign: @Sendable ([UInt8]) async throws(Refusal) -> [UInt8]

  public init(
    certificate: Certificate, chain: [[UInt8]], algorithm: SignatureAlgorithm,
    sign: @escaping @Sendable ([UInt8]) async throws(Refusal) -> [UInt8]
  ) {
    (self.certificate, self.chain, self.algorithm, self.sign) = (certificate, chain, algorithm, sign)
  }
}

/// Who signs for the server.
public protocol MessageProtecting: Sendable {
  /// - Parameter label: the profile that the address names: its authority's, else that of operational certificates.
  func credential(label: ProfileName?) async throws(Refusal) -> ProtectionCredential
}

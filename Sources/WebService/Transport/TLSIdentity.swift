import NIOSSL
import Synchronization

/// The certificate that the HTTPS listener shows and the key behind it, replaceable while connections are open.
///
/// Each new connection takes the context that is current then; open ones keep theirs. A replacement ends the
/// resumption of earlier sessions, since their ticket keys live in the old context.
public final class TLSIdentity: Sendable {
  private let current: Mutex<NIOSSLContext>

  /// - Parameters:
  ///   - certificateChain: DER, the server's own certificate first, without the root.
  ///   - privateKey: PKCS#8 DER of the first certificate's key.
  public init(certificateChain: [[UInt8]], privateKey: [UInt8]) throws(TLSIdentityError) {
    current = Mutex(try Self.makeContext(certificateChain: certificateChain, privateKey: privateKey))
  }

  /// Connections accepted from now on see the new certificate. On an error the old one stays.
  public func replace(certificateChain: [[UInt8]], privateKey: [UInt8]) throws(TLSIdentityError) {
    let context = try Self.makeContext(certificateChain: certificateChain, privateKey: privateKey)
    current.withLock { $0 = context }
  }

  var context: NIOSSLContext { current.withLock { $0 } }

  private static func makeContext(
    certificateChain: [[UInt8]], privateKey: [UInt8]
  ) throws(TLSIdentityError) -> NIOSSLContext {
    guard !certificateChain.isEmpty else { throw TLSIdentityError(reason: "no certificate was given") }
    do {
      let chain = try certificateChain.map { try NIOSSLCertificate(bytes: $0, format: .der) }
      let key = try NIOSSLPrivateKey(bytes: privateKey, format: .der)
      return try NIOSSLContext(configuration: configuration(chain: chain, key: key))
    } catch {
      throw TLSIdentityError(reason: "\(error)")
    }
  }

  private static func configuration(chain: [NIOSSLCertificate], key: NIOSSLPrivateKey) -> TLSConfiguration {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["h2", "http/1.1"]
    // A certificate is asked for and may be withheld. What it is worth is decided per request, not here.
    configuration.certificateVerification = .optionalVerification
    configuration.trustRoots = .certificates([])
    // The default list lacks Ed25519, with which devices may be certified.
    configuration.verifySignatureAlgorithms = [
      .ed25519, .ecdsaSecp256R1Sha256, .ecdsaSecp384R1Sha384, .ecdsaSecp521R1Sha512, .rsaPssRsaeSha256,
      .rsaPssRsaeSha384, .rsaPssRsaeSha512, .rsaPkcs1Sha256, .rsaPkcs1Sha384, .rsaPkcs1Sha512,
    ]
    return configuration
  }
}

/// A server certificate and key that cannot be served.
public struct TLSIdentityError: Error, Hashable, Sendable, CustomStringConvertible {
  public let reason: String
  public var description: String { "the server certificate cannot be used: \(reason)" }
}

import Credentials
import DeviceClient
import NIOCore
import NIOPosix
import NIOSSL

/// TLS as a device speaks it: 1.2 or 1.3, its own roots and no others, its key wherever that lives.
enum TLSContext {
  static func make(identity: DeviceMemory.Identity?, loops: EventLoops) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    // The device's own roots decide, in `handler`; the machine's are many, slow to load, and strangers.
    configuration.trustRoots = .certificates([])
    guard let identity else { return try NIOSSLContext(configuration: configuration) }
    // Alone: the server knows its own authorities, and what is shown comes back in each session ticket. A peer, which may
    // not know them, is shown the chain (`PeerTLS`).
    configuration.certificateChain = [
      .certificate(try NIOSSLCertificate(bytes: identity.certificate.encoded, format: .der))
    ]
    configuration.privateKey = .privateKey(.init(customPrivateKey: HeldKey(key: identity.key, threads: loops.keys)))
    return try NIOSSLContext(configuration: configuration)
  }

  static func handler(
    _ context: NIOSSLContext, name: String?, judge: @escaping @Sendable ([Certificate]) -> Bool
  ) throws -> NIOSSLClientHandler {
    try NIOSSLClientHandler(context: context, serverHostname: name) { chain, verdict in
      let certificates = chain.compactMap { try? Certificate(parsing: $0.toDERBytes()) }
      let isTrusted = certificates.count == chain.count && judge(certificates)
      verdict.succeed(isTrusted ? .certificateVerified : .failed)
    }
  }
}

/// A device's key as TLS asks for its signatures: on a thread of its own, since a chip or a token may take its time.
struct HeldKey: NIOSSLCustomPrivateKey, Hashable {
  let key: any DeviceKey
  let threads: NIOThreadPool

  /// A key that is no P-256 key would need its own scheme here.
  private struct OtherAlgorithm: Error {}

  var signatureAlgorithms: [NIOSSL.SignatureAlgorithm] { [.ecdsaSecp256R1Sha256] }

  func sign(
    channel: any Channel, algorithm: NIOSSL.SignatureAlgorithm, data: ByteBuffer
  ) -> EventLoopFuture<ByteBuffer> {
    guard algorithm == .ecdsaSecp256R1Sha256 else { return channel.eventLoop.makeFailedFuture(OtherAlgorithm()) }
    let (key, message) = (key, Array(data.readableBytesView))
    return threads.runIfActive(eventLoop: channel.eventLoop) { ByteBuffer(bytes: try key.signature(over: message)) }
  }

  /// RSA key transport, which TLS 1.3 dropped and an EC key cannot do.
  func decrypt(channel: any Channel, data: ByteBuffer) -> EventLoopFuture<ByteBuffer> {
    channel.eventLoop.makeFailedFuture(OtherAlgorithm())
  }

  static func == (left: HeldKey, right: HeldKey) -> Bool { left.key.publicKey == right.key.publicKey }
  func hash(into hasher: inout Hasher) { hasher.combine(key.publicKey) }
}

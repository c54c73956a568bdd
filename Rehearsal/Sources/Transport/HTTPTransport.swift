import Credentials
import DeviceClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import WireFormats

/// A connection of its own for each message, over TLS to the real web server. The handshake asks the same client logic
/// whether the server is to be trusted as every other transport does.
struct HTTPTransport: Transport {
  let port: Int

  private typealias Channel = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

  func exchange(_ message: ESTMessage, of memory: DeviceMemory, at clock: Instant) async -> ESTReply? {
    do {
      return try await send(message, over: try await connect(message, memory, clock))
    } catch {
      return nil
    }
  }

  private func connect(_ message: ESTMessage, _ memory: DeviceMemory, _ clock: Instant) async throws -> Channel {
    let context = try NIOSSLContext(configuration: try Self.configuration(message, memory))
    return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          let tls = try NIOSSLClientHandler(context: context, serverHostname: "localhost") { chain, verdict in
            verdict.succeed(Self.judge(chain, memory, clock))
          }
          try channel.pipeline.syncOperations.addHandler(tls)
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          return try Channel(wrappingChannelSynchronously: channel)
        }
      }
  }

  private static func configuration(_ message: ESTMessage, _ memory: DeviceMemory) throws -> TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.applicationProtocols = ["http/1.1"]
    // The device's own roots decide, below; the machine's are many and slow to load.
    configuration.trustRoots = .certificates([])
    guard message.showsCertificate, let identity = memory.identity else { return configuration }
    configuration.certificateChain = [
      .certificate(try NIOSSLCertificate(bytes: identity.certificate.encoded, format: .der))
    ]
    configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: identity.key.storedForm.bytes, format: .der))
    return configuration
  }

  private static func judge(
    _ chain: [NIOSSLCertificate], _ memory: DeviceMemory, _ clock: Instant
  ) -> NIOSSLVerificationResult {
    let certificates = chain.compactMap { try? Certificate(parsing: $0.toDERBytes()) }
    return memory.trusts(server: certificates, called: WorldFolder.host, at: clock) ? .certificateVerified : .failed
  }

  private func send(_ message: ESTMessage, over channel: Channel) async throws -> ESTReply? {
    try await channel.executeThenClose { inbound, outbound in
      try await outbound.write(.head(Self.head(message)))
      if !message.body.isEmpty { try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: message.body)))) }
      try await outbound.write(.end(nil))
      var head: HTTPResponseHead?
      var body: [UInt8] = []
      for try await part in inbound {
        switch part {
        case .head(let received): head = received
        case .body(let bytes): body += bytes.readableBytesView
        case .end:
          return head.map {
            ESTReply(
              status: Int($0.status.code), retryAfter: $0.headers["retry-after"].first.flatMap { Int($0) }, body: body)
          }
        }
      }
      return nil
    }
  }

  private static func head(_ message: ESTMessage) -> HTTPRequestHead {
    var headers: HTTPHeaders = ["Host": "localhost", "Connection": "close"]
    if let type = message.contentType {
      headers.add(name: "Content-Type", value: type)
      headers.add(name: "Content-Length", value: "\(message.body.count)")
    }
    if let basic = message.authorization {
      let text = Base64.encode(Array("\(basic.name):\(basic.secret)".utf8))
      headers.add(name: "Authorization", value: "Basic " + text)
    }
    return HTTPRequestHead(
      version: .http1_1, method: message.body.isEmpty ? .GET : .POST, uri: message.path, headers: headers)
  }
}

import NIOCore
import NIOHTTP1
import NIOPosix

/// The plain port of the real web server, a connection for each question.
struct HTTPAddress: PublicAddress {
  let port: Int

  private typealias Channel = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

  func ocsp(_ request: [UInt8]) async -> [UInt8]? {
    await exchange(.POST, "/ocsp", ["Content-Type": "application/ocsp-request"], request)
  }

  func text(at path: String) async -> String? {
    await exchange(.GET, path, [:], []).map { String(decoding: $0, as: UTF8.self) }
  }

  private func exchange(
    _ method: HTTPMethod, _ path: String, _ fields: HTTPHeaders, _ body: [UInt8]
  ) async -> [UInt8]? {
    var headers = fields
    headers.add(name: "Host", value: "localhost")
    headers.add(name: "Connection", value: "close")
    if !body.isEmpty { headers.add(name: "Content-Length", value: "\(body.count)") }
    let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
    do {
      return try await send(head, body, over: try await connect())
    } catch {
      return nil
    }
  }

  private func connect() async throws -> Channel {
    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          return try Channel(wrappingChannelSynchronously: channel)
        }
      }
  }

  private func send(_ head: HTTPRequestHead, _ body: [UInt8], over channel: Channel) async throws -> [UInt8]? {
    try await channel.executeThenClose { inbound, outbound in
      try await outbound.write(.head(head))
      if !body.isEmpty { try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body)))) }
      try await outbound.write(.end(nil))
      var (isGood, answer): (Bool, [UInt8]) = (false, [])
      for try await part in inbound {
        switch part {
        case .head(let received): isGood = received.status == .ok
        case .body(let bytes): answer += bytes.readableBytesView
        case .end: return isGood ? answer : nil
        }
      }
      return nil
    }
  }
}

import AsyncHTTPClient
import Credentials
import NIOCore
import NIOSSL
import WireFormats

/// A device's own connection to an EST server (RFC 7030), trusting one root.
struct ESTConnection: Sendable {
  private let url: String
  private let client: HTTPClient

  static func with<Result: Sendable>(
    url: String, root: String, _ body: (ESTConnection) async throws -> Result
  ) async throws -> Result {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(root.utf8)))
    var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
    configuration.httpVersion = .http1Only
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.redirectConfiguration = .disallow
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    do {
      let result = try await body(ESTConnection(url: url, client: client))
      try await client.shutdown()
      return result
    } catch {
      try? await client.shutdown()
      throw error
    }
  }

  /// RFC 7030 §4.2.1: PKCS #10 as base64 in, certs-only CMS as base64 out.
  func simpleEnroll(_ request: [UInt8], name: String, secret: String) async throws -> [Certificate] {
    var message = HTTPClientRequest(url: url + "/.well-known/est/simpleenroll")
    message.method = .POST
    message.headers.add(name: "Content-Type", value: "application/pkcs10")
    message.headers.add(name: "Authorization", value: "Basic " + Base64.encode(Array("\(name):\(secret)".utf8)))
    message.body = .bytes(ByteBuffer(bytes: Base64.encodeBytes(request)))
    let answer = try await client.execute(message, timeout: .seconds(60))
    let body = Array(try await answer.body.collect(upTo: 1 << 20).readableBytesView)
    guard answer.status == .ok, let der = Base64.decode(body) else {
      let words = OneLine.of(String(decoding: body.prefix(200), as: UTF8.self))
      throw CommandFailure(.refused, "EST answered \(answer.status.code) to \(name): \(words)")
    }
    return try CertificatesOnly.decode(der).map { try Certificate(parsing: $0) }
  }
}

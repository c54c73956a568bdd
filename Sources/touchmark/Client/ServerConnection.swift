import AdministrationAPI
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// A connection to a server's REST API as an administrator, over mutual TLS, trusting one root alone.
package struct ServerConnection: Sendable {
  let location: ServerLocation
  private let client: HTTPClient
  /// No answer of a page or a detail is longer, in octets.
  private static let longestAnswer = 64 * 1024 * 1024

  /// - Throws: `.notPermitted` or `.noServer` when the identity or the root cannot be read.
  package init(_ location: ServerLocation) throws(CommandFailure) {
    self.location = location
    var configuration = HTTPClient.Configuration(tlsConfiguration: try Self.trust(location))
    configuration.timeout = .init(connect: .seconds(10), read: .seconds(120))
    configuration.redirectConfiguration = .disallow
    configuration.httpVersion = .http1Only
    // The default tries again until its time is over: who is not there is said at once.
    configuration.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  package func close() async { try? await client.shutdown() }

  private static func trust(_ location: ServerLocation) throws(CommandFailure) -> TLSConfiguration {
    do {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.minimumTLSVersion = .tlsv12
      tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(location.rootPath))
      tls.certificateChain = try NIOSSLCertificate.fromPEMFile(location.certificatePath).map { .certificate($0) }
      tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: location.keyPath, format: .pem))
      return tls
    } catch {
      throw CommandFailure(
        .notPermitted,
        "the administrator's identity cannot be read from \(location.certificatePath) and \(location.keyPath)",
        hint: "both are PEM; --identity PATH names the certificate")
    }
  }

  /// One exchange. A status over 299 becomes the failure that its problem document states.
  ///
  /// A write carries an idempotency key, so that asking again after a lost answer does nothing twice; it is asked again
  /// once.
  func exchange(
    _ method: HTTPMethod, _ path: String, query: [(String, String)] = [], body: Payload? = nil
  ) async throws -> [UInt8] {
    var request = HTTPClientRequest(url: location.url + path + Query.text(query))
    request.method = method
    request.headers.add(name: "Accept", value: "application/json, application/problem+json")
    if method != .GET { request.headers.add(name: "Idempotency-Key", value: UUID().uuidString.lowercased()) }
    if let body {
      request.headers.add(name: "Content-Type", value: body.type)
      request.body = .bytes(ByteBuffer(bytes: body.bytes))
    }
    do {
      return try await attempt(request)
    } catch let error as HTTPClientError where error == .remoteConnectionClosed {
      return try await attempt(request)
    }
  }

  private func attempt(_ request: HTTPClientRequest) async throws -> [UInt8] {
    do {
      let response = try await client.execute(request, timeout: .minutes(10))
      let body = try await response.body.collect(upTo: Self.longestAnswer)
      let bytes = Array(body.readableBytesView)
      guard (200..<300).contains(response.status.code), response.status != .accepted else {
        throw Self.failure(response.status, bytes)
      }
      return bytes
    } catch let failure as CommandFailure {
      throw failure
    } catch let error as HTTPClientError where error == .remoteConnectionClosed {
      throw error
    } catch {
      throw CommandFailure(connecting: error, to: location)
    }
  }

  private static func failure(_ status: HTTPResponseStatus, _ body: [UInt8]) -> CommandFailure {
    if let problem = try? JSONDecoder().decode(Problem.self, from: Data(body)) { return CommandFailure(problem) }
    return CommandFailure(
      CommandExit(status: Int(status.code)), "the server answered \(status.code) \(status.reasonPhrase)")
  }
}

/// A request's body and its media type.
struct Payload: Sendable {
  let type: String
  let bytes: [UInt8]
}

import AsyncHTTPClient
import Issuance
import NIOCore
import NIOHTTP1
import NIOSSL

/// Why a system outside gave no answer that counts.
public enum OutgoingFailure: Error, Hashable, Sendable, CustomStringConvertible {
  case tooSlow(seconds: Double)
  /// No connection, or none that can be trusted.
  case unreachable(String)
  case tooLong(limit: Int)
  /// An answer with this status.
  case status(Int)
  /// What it said cannot be understood.
  case unreadable
  /// More exchanges are under way than are allowed at once.
  case tooMany(limit: Int)

  public var description: String {
    switch self {
    case .tooSlow(let seconds): "no answer within \(seconds) s"
    case .unreachable(let why): "not reached: \(why)"
    case .tooLong(let limit): "an answer of more than \(limit) octets"
    case .status(let status): "answered \(status)"
    case .unreadable: "an answer that cannot be understood"
    case .tooMany(let limit): "more than \(limit) exchanges at once"
    }
  }
}

/// POSTs to addresses that the operator wrote, and to no others: redirects are not followed, TLS is verified, and an
/// exchange has one time limit from its first octet to its last.
public final class OutgoingClient: Sendable {
  private let client: HTTPClient

  /// - Parameter roots: a PEM file of the only roots that are trusted; nil for the system's.
  /// - Throws: when the file cannot be read.
  public init(roots: String?) throws {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    if let roots { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(roots)) }
    var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
    configuration.redirectConfiguration = .disallow
    configuration.decompression = .disabled
    configuration.httpVersion = .http1Only
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.idleTimeout = .seconds(30)
    configuration.proxy = nil
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  deinit {
    // The library's client must not be let go open; a process that ends over something else may not have come to it.
    Task { [client] in try? await client.shutdown() }
  }

  /// Ends what is under way.
  public func shutDown() async { try? await client.shutdown() }

  /// One exchange; the body of any answer with status 200 to 299.
  ///
  /// - Parameter longest: octets of an answer that are read.
  func post(
    _ body: [UInt8], type: String, id: String, signedBy signer: MessageSigner, to address: WebhookAddress,
    within limit: Duration, longest: Int
  ) async throws(OutgoingFailure) -> [UInt8] {
    let headers: [(String, String)]
    do { headers = try await signer.headers(for: body, type: type, to: address, id: id) } catch {
      throw .unreachable("the key that signs is away")
    }
    var request = HTTPClientRequest(url: address.text)
    request.method = .POST
    request.headers = HTTPHeaders(headers)
    request.body = .bytes(ByteBuffer(bytes: body))
    let exchange: @Sendable () async throws -> [UInt8] = { [client, request] in
      let response = try await client.execute(request, timeout: .nanoseconds(Int64(limit / .nanoseconds(1))))
      guard (200..<300).contains(response.status.code) else {
        throw OutgoingFailure.status(Int(response.status.code))
      }
      do {
        return Array(try await response.body.collect(upTo: longest).readableBytesView)
      } catch is NIOTooManyBytesError {
        throw OutgoingFailure.tooLong(limit: longest)
      }
    }
    do {
      return try await Self.race(exchange, against: limit)
    } catch let failure as OutgoingFailure {
      throw failure
    } catch let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout {
      throw .tooSlow(seconds: limit / .seconds(1))
    } catch {
      throw .unreachable(Self.words(error))
    }
  }

  /// The client's own deadline ends with the head of an answer: a body may drip for ever.
  private static func race(
    _ exchange: @escaping @Sendable () async throws -> [UInt8], against limit: Duration
  ) async throws -> [UInt8] {
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      group.addTask { try await exchange() }
      group.addTask {
        try await Task.sleep(for: limit)
        throw OutgoingFailure.tooSlow(seconds: limit / .seconds(1))
      }
      defer { group.cancelAll() }
      guard let first = try await group.next() else { throw OutgoingFailure.unreadable }
      return first
    }
  }

  /// For the log: no address, since it may hold a token.
  private static func words(_ error: any Error) -> String {
    switch error {
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: "its certificate is not trusted"
    case let error as HTTPClientError: "\(error.shortDescription)"
    default: "no connection"
    }
  }
}

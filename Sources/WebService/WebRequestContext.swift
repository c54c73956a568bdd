import Hummingbird
import Logging

/// What a route knows of the request beside its bytes: the connection that it came on.
///
/// Named apart from the framework's protocol of the same purpose. Nothing here comes from a header.
public struct WebRequestContext: RequestContext {
  public typealias Source = WebRequestSource

  public var coreContext: CoreRequestContextStorage
  public let connection: WebConnection
  /// For log lines and problem details: connection and request number, unique in this process.
  public let requestID: RequestIdentifier

  public init(source: WebRequestSource) {
    coreContext = CoreRequestContextStorage(source: source)
    connection = source.connection
    requestID = source.requestID
  }

  /// DER of the certificate whose private key the client proved to hold, valid or not; nil when it showed none.
  ///
  /// The TLS layer verifies neither chain nor dates: the route's policy looks the certificate up for each request.
  public var peerCertificate: [UInt8]? { connection.peer?.certificate }
  /// DER of the certificates that the client sent after its own, in its order; unverified.
  public var peerChain: [[UInt8]] { connection.peer?.chain ?? [] }
  /// The client's address without a port; of a listed proxy's client where the PROXY protocol says so.
  public var clientAddress: String { connection.address }
}

/// What a context is made from.
public struct WebRequestSource: RequestContextSource {
  public let connection: WebConnection
  public let requestID: RequestIdentifier
  public let logger: Logger
}

/// Printed as two numbers, `connection-request`, in hexadecimal.
public struct RequestIdentifier: Hashable, Sendable, CustomStringConvertible {
  let connection: UInt64
  let request: UInt64

  public var description: String { String(connection, radix: 16) + "-" + String(request, radix: 16) }
}

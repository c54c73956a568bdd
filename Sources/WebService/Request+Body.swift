import HTTPTypes
import Hummingbird
import NIOCore

/// A bound that a request ran into, with the configuration's name for it.
public struct BoundExceeded: Error, Hashable, Sendable, CustomStringConvertible {
  /// As the configuration spells it, for example `est_body_bytes`.
  public let name: String
  public let limit: Int

  public init(name: String, limit: Int) {
    self.name = name
    self.limit = limit
  }

  /// For the client and the log alike.
  public var description: String { "the limit \(name) of \(limit) is exceeded" }
}

/// How many octets of a body are read, and what that bound is called.
public struct BodyBound: Hashable, Sendable {
  public let name: String
  public let limit: Int

  public init(name: String, limit: Int) {
    self.name = name
    self.limit = limit
  }
}

/// Why a body was not read.
public enum BodyFailure: Error, Hashable, Sendable {
  case tooLarge(BoundExceeded)
  /// The connection ended, or was cut, before the body did.
  case incomplete
}

extension BodyFailure: HTTPResponseError {
  public var status: HTTPResponse.Status {
    switch self {
    case .tooLarge: .contentTooLarge
    case .incomplete: .badRequest
    }
  }

  /// The sentence for the client.
  public var explanation: String {
    switch self {
    case .tooLarge(let bound): bound.description
    case .incomplete: "the body ended early"
    }
  }

  public func response(from request: Request, context: some RequestContext) throws -> Response {
    let code =
      switch self {
      case .tooLarge: "body_too_large"
      case .incomplete: "bad_request"
      }
    var response = ProblemDetails(status, code: code, explanation).response()
    // What is left of the body is not waited for.
    response.headers[.connection] = "close"
    return response
  }
}

extension Request {
  /// Reads the whole body, and never more of it than the bound. A route may let the failure escape: it renders itself.
  public func bytes(within bound: BodyBound) async throws(BodyFailure) -> [UInt8] {
    let excess = BodyFailure.tooLarge(BoundExceeded(name: bound.name, limit: bound.limit))
    if let announced = headers[.contentLength].flatMap({ Int($0) }), announced > bound.limit { throw excess }
    var bytes: [UInt8] = []
    do {
      for try await part in body {
        guard bytes.count + part.readableBytes <= bound.limit else { throw excess }
        bytes.append(contentsOf: part.readableBytesView)
      }
    } catch let failure as BodyFailure {
      throw failure
    } catch {
      throw .incomplete
    }
    return bytes
  }
}

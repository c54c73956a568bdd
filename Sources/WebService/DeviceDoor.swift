import Hummingbird
import Issuance
import Logging
import WireFormats

/// What each door of devices has beside its protocol: how much of a body it reads, where it counts wrong secrets, and what
/// it tells the log.
public struct DeviceDoor: Sendable {
  private let name: Door
  private let bound: BodyBound
  private let throttle: WrongSecretThrottle
  private let now: Clock
  private let logger: Logger

  /// - Parameter throttle: one for all doors that take secrets.
  public init(_ name: Door, bound: BodyBound, throttle: WrongSecretThrottle, clock: @escaping Clock, logger: Logger) {
    (self.name, self.bound, self.throttle, self.logger) = (name, bound, throttle, logger)
    now = clock
  }

  func body(of request: Request) async throws(BodyFailure) -> [UInt8] { try await request.bytes(within: bound) }

  /// Of a body that was not read whole.
  func refuse(_ failure: BodyFailure, _ context: WebRequestContext) -> Response {
    log(RefusalLine(failure), context)
    var response = Response.text(failure.status, failure.explanation)
    // What is left of the body is not waited for.
    response.headers[.connection] = "close"
    return response
  }

  /// Notes a wrong secret. From the tenth of a name from an address in a minute it is told to wait; the right one never is.
  /// - Returns: the seconds to wait, and what is said of them.
  func noteWrongSecret(of name: String, from address: String) -> (seconds: Int, explanation: String)? {
    throttle.noteWrong(name: name, address: address, at: now()).map { ($0, throttle.explanation) }
  }

  /// One line a refusal.
  func log(_ line: RefusalLine, _ context: WebRequestContext) {
    var metadata: Logger.Metadata = [
      "door": "\(name.rawValue)", "reason": "\(line.reason)", "address": "\(context.clientAddress)",
      "request": "\(context.requestID)",
    ]
    for (key, value) in [
      ("code", line.code), ("status", line.status.map { "\($0)" }), ("operation", line.operation),
      ("label", line.label), ("rule", line.rule), ("name", line.name), ("detail", line.detail),
      ("pending", line.pending),
    ] { metadata[key] = value.map { "\($0)" } }
    logger.log(level: line.isOurs ? .error : .notice, "refused", metadata: metadata)
  }
}

/// Why a device got nothing, for the log. No secret stands in any of these.
struct RefusalLine: Sendable {
  var reason: String
  var code: String?
  /// Of HTTP.
  var status: Int?
  var operation: String?
  /// The profile that the address named.
  var label: String?
  var rule: String?
  /// What the client says it is; nobody has checked it.
  var name: String?
  var detail: String?
  /// The request that waits for an operator.
  var pending: String?
  /// Whether the fault is here, and not the client's.
  var isOurs = false

  init(_ reason: String) { self.reason = reason }

  init(_ refusal: Refusal, status: Int) {
    self.init(refusal.reason)
    (code, self.status, rule, detail) = ("\(refusal.code)", status, refusal.rule, refusal.detail)
    pending = refusal.pendingRequest.map { "\($0)" }
    isOurs = refusal.code == .unavailable
  }

  init(_ failure: BodyFailure) {
    self.init(failure.explanation)
    (code, status) = ("badRequest", failure.status.code)
  }
}

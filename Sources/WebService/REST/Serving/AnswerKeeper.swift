import Crypto
import Issuance
import Registry
import Synchronization
import WireFormats

/// Gives the answer to a write again when it is repeated under the same Idempotency-Key.
///
/// What a crash leaves: an act that is one store transaction has its answer in the same transaction, so that a repeated
/// request finds both or neither. Where an act is not one transaction (signing, a profile, revoking a certificate, an
/// import) a crash between act and answer makes the repeated request act again; each of these does no harm twice: the
/// same profile or import changes nothing, a revoked certificate stays as it is, and an administrator who signs again
/// gets a second certificate that is listed and can be revoked.
///
/// Only successes are kept: a refused request has changed nothing and may be asked again.
final class AnswerKeeper: Sendable {
  /// How long an answer is kept. Longer than any client tries again, and not so long that the store grows.
  static let lifetime = Span.hours(24)

  private let administration: Administration
  private let sealing: AnswerSealing
  private let underWay = Mutex<Set<Request>>([])
  private let kept = Atomic<UInt64>(0)

  init(administration: Administration, sealing: AnswerSealing) {
    self.administration = administration
    self.sealing = sealing
  }

  /// Who asks, under which key, and what.
  struct Request: Hashable, Sendable {
    /// The administrator's certificate: two administrators may choose the same key.
    let principal: String
    let key: String
    /// SHA-256 over method, address and body.
    let hash: [UInt8]

    /// Throws `ProblemDetails` 400 for a key that is empty, too long or not of visible ASCII.
    init(key: String, actor: Actor, method: String, address: String, body: [UInt8]) throws(ProblemDetails) {
      guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
        throw .badRequest("an Idempotency-Key is 1 to 255 visible characters")
      }
      self.key = key
      principal = Hex.encode(actor.fingerprint)
      var digest = SHA256()
      digest.update(data: Array("\(method) \(address)\n".utf8))
      digest.update(data: body)
      hash = Array(digest.finalize())
    }
  }

  /// Whether an answer is new or one that was kept.
  struct Given: Sendable {
    let answer: APIAnswer
    let isRepeated: Bool
  }

  /// The kept answer; nil when there is none. Throws `ProblemDetails` 422 when the key was used for something else.
  func answer(to request: Request, in reader: any IdempotencyReading) throws -> APIAnswer? {
    let record = try reader.idempotencyRecord(
      principal: request.principal, key: request.key, now: administration.now(), in: administration.organization)
    guard let record else { return nil }
    guard record.requestHash == request.hash else {
      throw ProblemDetails(
        .unprocessableContent, code: "idempotency_key_reused",
        "this Idempotency-Key was used for another request", hint: "make a new key for each request")
    }
    return APIAnswer(status: record.status, contentType: "application/json", body: try sealing.open(record.body))
  }

  /// Keeps an answer within the caller's transaction.
  func keep(_ answer: APIAnswer, to request: Request, in writer: any StoreWriter) throws {
    let now = administration.now()
    let organization = administration.organization
    if kept.wrappingAdd(1, ordering: .relaxed).newValue.isMultiple(of: 256) {
      try writer.deleteIdempotencyRecords(expiredBefore: now, in: organization)
    }
    let record = IdempotencyRecord(
      principal: request.principal, key: request.key, requestHash: request.hash, status: answer.status,
      body: try sealing.seal(answer.body), expiresAt: now + Self.lifetime)
    try writer.insert(record, now: now, in: organization)
  }

  /// Runs what is not one transaction: the kept answer, or `body` and then its answer kept. The same key at the same
  /// moment is refused rather than acted on twice.
  func around(_ request: Request, _ body: () async throws -> APIAnswer) async throws -> Given {
    guard underWay.withLock({ $0.insert(request.named).inserted }) else {
      throw ProblemDetails(
        .conflict, code: "idempotency_key_in_use", "a request with this Idempotency-Key is under way", retryAfter: 1)
    }
    defer { _ = underWay.withLock { $0.remove(request.named) } }
    let store = administration.store
    if let known = try await store.read({ try self.answer(to: request, in: $0) }) {
      return Given(answer: known, isRepeated: true)
    }
    let answer = try await body()
    try await store.write { try self.keep(answer, to: request, in: $0) }
    return Given(answer: answer, isRepeated: false)
  }
}

extension AnswerKeeper.Request {
  /// The same for every request under one key, whatever it asks.
  fileprivate var named: AnswerKeeper.Request { AnswerKeeper.Request(principal: principal, key: key) }

  private init(principal: String, key: String) {
    (self.principal, self.key, hash) = (principal, key, [])
  }
}

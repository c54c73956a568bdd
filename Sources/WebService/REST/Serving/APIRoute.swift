import HTTPTypes
import Issuance
import Registry

/// One address and method of the administration interface: the single description that registers it, guards it, checks
/// what it is sent, and documents it.
struct APIRoute: Sendable {
  /// Who may call it.
  enum Access: Hashable, Sendable {
    /// Anybody.
    case open
    /// A device with its secret.
    case device
    /// A device with its own certificate.
    case deviceCertificate
    case roles(Set<Actor.Role>)
  }

  enum Body: Hashable, Sendable {
    /// The name of a schema. One that is not required may be absent, which is the same as `{}`.
    case json(String, required: Bool)
    /// Media types that are taken.
    case text([String], bound: Bound)

    enum Bound: Hashable, Sendable { case rest, importing }
  }

  /// What comes back when all is well.
  struct Success: Hashable, Sendable {
    enum Content: Hashable, Sendable {
      case json(Schema)
      case text(String)
    }

    let status: Int
    let description: String
    let content: Content
  }

  let method: HTTPRequest.Method
  /// Under `/api/v1`, with segments such as `{serial}`.
  let path: String
  /// The operation's name in the document: `suspendDevice`.
  let operation: String
  let summary: String
  let tag: String
  let access: Access
  var query: [QueryParameter] = []
  var body: Body?
  let success: Success
  let handler: APIHandler

  var segments: [String] {
    path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
  }

  /// Whether an Idempotency-Key is honored.
  var isWrite: Bool {
    guard case .roles = access else { return false }
    return method != .get
  }
}

/// What a route does.
enum APIHandler: Sendable {
  case open(@Sendable (APICall) async throws -> APIAnswer)
  case read(@Sendable (AdministratorContext) async throws -> APIAnswer)
  /// One store transaction, in which the answer is kept too.
  case act(@Sendable (AdministratorContext) throws -> PreparedAct)
  /// More than one transaction, or none. A refusal is logged under `act`, unless the service does it by itself (nil).
  case effect(act: String?, @Sendable (AdministratorContext) async throws -> APIAnswer)
}

/// An administrative act with the answer that its outcome becomes.
struct PreparedAct: Sendable {
  let name: String
  let subject: String
  let run: @Sendable (Administration, Actor, any StoreWriter) throws -> APIAnswer

  init<Outcome>(
    _ act: AdministrativeAct<Outcome>, answer: @Sendable @escaping (Outcome) throws -> APIAnswer
  ) {
    name = act.name
    subject = act.subject
    run = { administration, actor, writer in
      try answer(try administration.apply(act, by: actor, through: .rest, in: writer))
    }
  }
}

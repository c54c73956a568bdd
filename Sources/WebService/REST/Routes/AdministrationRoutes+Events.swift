import AdministrationAPI
import Issuance
import Watching
import WireFormats

extension AdministrationRoutes {
  var eventRoutes: [APIRoute] { [waitForEvents] }

  /// The longest wait, in seconds: shorter than what proxies give an answer.
  private static let longestWait: Int64 = 50

  private var waitForEvents: APIRoute {
    APIRoute(
      method: .get, path: "/events", operation: "waitForEvents",
      summary: "Entries of the audit log after an index, waiting for the next when there is none yet.", tag: "audit",
      access: .readers,
      query: [
        .limit,
        QueryParameter(
          name: "after", kind: .cursor,
          description: "`next` of the answer before, which names epoch and entry; or an entry's index alone."),
        QueryParameter(
          name: "wait", kind: .span, description: "How long to wait for one, up to 50s; without it, not at all."),
        QueryParameter(
          name: "kind", kind: .text, description: "Only this act (certificate.issue), or acts on this (certificate).",
          repeats: true),
        QueryParameter(name: "subject", kind: .text, description: "Only about this, for example device:ID."),
      ],
      success: .page(of: "AuditItem"), handler: .read { try await events($0) })
  }

  private func events(_ context: AdministratorContext) async throws -> APIAnswer {
    let query = context.call.query
    let wait = min(query.span("wait")?.seconds ?? 0, Self.longestWait)
    let kinds = query.all("kind")
    guard kinds.count <= 16 else { throw ProblemDetails.badRequest("kind stands there more than 16 times") }
    let asked = EventQuery(
      after: try query["after"].map(Self.cursor), kinds: kinds, subject: query["subject"],
      limit: query.limit)
    guard wait > 0 else { return try Self.page(try await firstFitting(asked, until: .now)) }
    let client = Hex.encode(context.actor.fingerprint)
    guard services.events.enter(client) else {
      throw Refusal(.throttled, "too many wait for events already", hint: "ask again when another wait has ended")
    }
    defer { services.events.leave(client) }
    return try Self.page(try await firstFitting(asked, until: .now + .seconds(wait)))
  }

  private static func cursor(_ text: String) throws(ProblemDetails) -> EventCursor {
    guard let cursor = EventCursor(text) else {
      throw .badRequest("after is an entry's index, or an epoch and an index such as 2.4711")
    }
    return cursor
  }

  /// The first entries that fit, waiting for them until `deadline`; none when there are none by then.
  private func firstFitting(
    _ asked: EventQuery, until deadline: ContinuousClock.Instant
  ) async throws -> EventQuery.Batch {
    var query = asked
    while true {
      let batch = try await read(query)
      guard batch.records.isEmpty else { return batch }
      query.after = batch.position
      if ContinuousClock.now >= deadline || services.events.isClosed { return batch }
      if !batch.hasMore { await services.events.growth(beyond: batch.size, until: deadline) }
    }
  }

  private func read(_ query: EventQuery) async throws -> EventQuery.Batch {
    do {
      return try await services.read { try query.read($0, in: $1) }
    } catch let gone as NotInLog {
      throw ProblemDetails.notInLog(gone)
    }
  }

  /// `next` is there always, since there is always more to come.
  private static func page(_ batch: EventQuery.Batch) throws -> APIAnswer {
    try .json(ItemPage(items: batch.records.map { AuditItem($0) }, next: batch.position?.description))
  }
}

extension ProblemDetails {
  /// Nothing is skipped in silence: whoever followed the log before a restore is told where the new epoch begins.
  fileprivate static func notInLog(_ gone: NotInLog) -> ProblemDetails {
    var problem = ProblemDetails(
      .conflict, code: "not_in_log",
      "the log has \(gone.size) entries in epoch \(gone.epoch), and none that goes on after this one",
      hint: gone.epoch > 1 ? "a restore opened the epoch: go on with `after` of this answer, or without any" : nil)
    (problem.epoch, problem.size, problem.after) = (gone.epoch, Int64(clamping: gone.size), gone.after?.description)
    return problem
  }
}

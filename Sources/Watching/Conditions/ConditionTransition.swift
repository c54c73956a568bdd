import AuditLog
import Registry
import WireFormats

/// From the conditions that stood to those that stand: what is told, and what is not told again.
struct ConditionTransition: Sendable {
  let raised: [Condition]
  let cleared: [(condition: Condition, since: Instant)]
  /// Names of conditions whose documents cannot be read any more.
  private let forgotten: [String]

  /// - Parameter unknown: kinds of which nothing can be said now, so that what stands goes on standing.
  init(from standing: [StandingCondition], to conditions: [Condition], unknown: Set<ConditionKind> = []) {
    let known = Set(standing.map(\.name))
    let now = Set(conditions.map(\.name))
    let over = standing.filter { standing in
      !now.contains(standing.name) && !(Condition(standing).map { unknown.contains($0.kind) } ?? false)
    }
    raised = conditions.filter { !known.contains($0.name) }
    cleared = over.compactMap { standing in Condition(standing).map { ($0, standing.raisedAt) } }
    forgotten = over.filter { Condition($0) == nil }.map(\.name)
  }

  var isEmpty: Bool { raised.isEmpty && cleared.isEmpty && forgotten.isEmpty }

  /// Within the caller's transaction: the records, their entries in the log, and what each target is told.
  func record(
    in writer: any StoreWriter, of organization: OrganizationRecord, targets: [NotificationTarget], at now: Instant
  ) throws {
    for condition in raised {
      try writer.raise(try condition.standing(since: now), in: organization.id)
      try writer.append(Self.entry("condition.raise", condition, outcome: "alarm", at: now), in: organization.id)
      try queue(condition, .raised, since: now, in: writer, of: organization, targets, at: now)
    }
    for (condition, since) in cleared {
      try writer.clearCondition(condition.name, in: organization.id)
      try writer.append(Self.entry("condition.clear", condition, outcome: "ok", at: now), in: organization.id)
      try queue(condition, .cleared, since: since, in: writer, of: organization, targets, at: now)
    }
    for name in forgotten { try writer.clearCondition(name, in: organization.id) }
  }

  private func queue(
    _ condition: Condition, _ state: NotificationDocument.State, since: Instant, in writer: any StoreWriter,
    of organization: OrganizationRecord, _ targets: [NotificationTarget], at now: Instant
  ) throws {
    let document = try NotificationDocument(
      condition, state: state, at: now, since: since, organization: organization.name
    ).encoded
    for target in targets where target.kinds.contains(condition.kind) {
      try writer.queueNotification(to: target.name, document: document, at: now, in: organization.id)
    }
  }

  private static func entry(
    _ act: String, _ condition: Condition, outcome: String, at now: Instant
  ) -> AuditEntry {
    AuditEntry(
      at: now, actor: "touchmark", door: "command", act: act, subject: "condition:\(condition.name)", outcome: outcome,
      reason: condition.text, details: condition.details)
  }
}

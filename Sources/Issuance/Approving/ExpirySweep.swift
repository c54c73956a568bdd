import AuditLog
import Registry
import WireFormats

/// Removes what is over by itself: requests that nobody decided on, and exchanges that nobody went on with.
public struct ExpirySweep: Sendable {
  static let interval = Duration.seconds(600)
  /// Requests in one transaction.
  private static let batch = 100

  private let store: any Store
  private let organization: OrganizationID
  private let now: Clock

  public init(store: any Store, organization: OrganizationID, clock: @escaping Clock) {
    (self.store, self.organization) = (store, organization)
    now = clock
  }

  /// Until cancelled.
  public func run(report: @Sendable (String) -> Void) async {
    while !Task.isCancelled {
      do { try await sweep() } catch { report("expired requests cannot be removed: \(error)") }
      try? await Task.sleep(for: Self.interval)
    }
  }

  /// Once. A request that expired undecided leaves an entry in the log.
  public func sweep() async throws {
    let (organization, time) = (organization, now())
    while true {
      let swept = try await store.write { writer in
        try writer.deleteProtocolTransactions(expiredBefore: time, in: organization)
        let over = try writer.pendingRequests(expiredAt: time, limit: Self.batch, in: organization)
        for request in over {
          try writer.deletePendingRequest(request.id, in: organization)
          if request.state == .pending { try writer.append(Self.entry(request, at: time), in: organization) }
        }
        return over.count
      }
      guard swept == Self.batch else { return }
    }
  }

  private static func entry(_ request: PendingRequestRecord, at time: Instant) -> AuditEntry {
    AuditEntry(
      at: time, actor: Actor.installation.name, door: request.door, act: "request.expire",
      subject: request.auditSubject, outcome: "ok", reason: "nobody decided on it in time", details: request.details)
  }
}

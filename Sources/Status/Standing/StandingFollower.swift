import Registry

/// Follows the store's change sequence, so that what is cached here ends when a standing changes, whichever process
/// changed it.
public actor StandingFollower {
  private let source: any StandingSource
  private let responder: OCSPResponder
  private let publisher: CRLPublisher
  private let authoritiesChanged: @Sendable () async -> Void
  private var sequence: Int64?

  /// Lists that an act on many changed, and since when they wait for its end.
  private var held: (authorities: Set<AuthorityID>, since: ContinuousClock.Instant)?

  private static let batch = 1000
  /// So many changes at a time are an act on many: one list for all of it, and not one for each of its parts.
  private static let many = 200
  /// A list waits no longer for the end of an act on many.
  private static let longestHold = Duration.seconds(5)

  public init(
    source: any StandingSource, responder: OCSPResponder, publisher: CRLPublisher,
    authoritiesChanged: @escaping @Sendable () async -> Void = {}
  ) {
    (self.source, self.responder, self.publisher) = (source, responder, publisher)
    self.authoritiesChanged = authoritiesChanged
  }

  /// Reads what changed since the last time, and tells the responder and the publisher.
  public func poll() async throws {
    // Taken before the store is read: every change that was durable at this moment is seen.
    let began = ContinuousClock.now
    var after: Int64
    if let sequence {
      after = sequence
    } else {
      after = try await source.latestChange()
      try await reload()
      responder.forgetAll()
    }
    var (changed, seen): (Set<AuthorityID>, Int) = ([], 0)
    while true {
      let changes = try await source.changes(after: after, limit: Self.batch)
      changed.formUnion(try await apply(changes))
      seen += changes.count
      after = changes.last?.sequence ?? after
      sequence = after
      guard changes.count >= Self.batch else { break }
    }
    responder.confirm(at: began)
    await request(changed, amid: seen, at: began)
  }

  /// OCSP has every change by now; lists wait for the end of an act on many, which is a poll without changes.
  private func request(_ changed: Set<AuthorityID>, amid changes: Int, at now: ContinuousClock.Instant) async {
    guard changes >= Self.many || held != nil else { return await publisher.request(changed) }
    let waiting = (authorities: (held?.authorities ?? []).union(changed), since: held?.since ?? now)
    held = waiting
    guard changes == 0 || now - waiting.since >= Self.longestHold else { return }
    held = nil
    await publisher.request(waiting.authorities)
  }

  /// The authorities whose lists say something else now.
  private func apply(_ changes: [StandingChange]) async throws -> Set<AuthorityID> {
    guard !changes.isEmpty else { return [] }
    var changed: Set<AuthorityID> = []
    var needsReload = false
    for change in changes {
      switch change.subject {
      case .certificate(let authority, let serial):
        responder.forget(serial, under: authority)
        // Answers that it signed are believed no longer.
        if await responder.credentials.withdraw(serial, under: authority) { responder.forgetAll() }
        changed.insert(authority)
      case .authority: needsReload = true
      case .revocationList(let authority): await publisher.forget(authority)
      case .profile: responder.forgetAll()  // the lifetime of its answers may be another now
      // A device's standing is that of its certificates, whose changes are recorded each.
      case .device, .administrators, .trustAnchors, .grant: break
      }
    }
    if needsReload { try await reload() }
    return changed
  }

  private func reload() async throws {
    await authoritiesChanged()
    responder.serve(try await source.authorities())
    responder.forgetAll()
  }
}

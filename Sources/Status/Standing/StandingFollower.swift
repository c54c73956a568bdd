import Registry

/// Follows the store's change sequence, so that what is cached here ends when a standing changes, whichever process
/// changed it.
public actor StandingFollower {
  private let source: any StandingSource
  private let responder: OCSPResponder
  private let publisher: CRLPublisher
  private let authoritiesChanged: @Sendable () async -> Void
  private var sequence: Int64?

  private static let batch = 1000

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
    while true {
      let changes = try await source.changes(after: after, limit: Self.batch)
      try await apply(changes)
      after = changes.last?.sequence ?? after
      sequence = after
      guard changes.count >= Self.batch else { break }
    }
    responder.confirm(at: began)
  }

  private func apply(_ changes: [StandingChange]) async throws {
    guard !changes.isEmpty else { return }
    var changed: Set<AuthorityID> = []
    var needsReload = false
    for change in changes {
      switch change.subject {
      case .certificate(let authority, let serial):
        responder.forget(serial, under: authority)
        changed.insert(authority)
      case .authority: needsReload = true
      case .revocationList(let authority): await publisher.forget(authority)
      case .profile: responder.forgetAll()  // the lifetime of its answers may be another now
      // A device's standing is that of its certificates, whose changes are recorded each.
      case .device, .administrators, .trustAnchors, .grant: break
      }
    }
    await publisher.request(changed)
    if needsReload { try await reload() }
  }

  private func reload() async throws {
    await authoritiesChanged()
    responder.serve(try await source.authorities())
    responder.forgetAll()
  }
}

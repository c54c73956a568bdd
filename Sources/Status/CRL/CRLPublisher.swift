import KeyCustody
import Registry
import WireFormats

/// Makes CRLs: at once when a standing changes, and on schedule.
///
/// A number is durable before it is signed into a list, and a list before anyone sees it: a crash between leaves a
/// number that is never used, and the list before it in force.
public actor CRLPublisher {
  private let lists: any RevocationListStore
  private let schedule: CRLSchedule
  private let now: @Sendable () -> Instant
  private let report: @Sendable (String) -> Void
  private var authorities: [AuthorityID: CRLAuthority]

  private var running: [AuthorityID: Task<RevocationList, any Error>] = [:]
  private var waiting: [AuthorityID: Task<RevocationList, any Error>] = [:]
  private var requested: Set<AuthorityID>
  private var retryAt: [AuthorityID: Instant] = [:]
  private var seen: [AuthorityID: (list: RevocationList, readAt: Instant)] = [:]

  /// Another process may publish; its list is seen here after this long, should no change tell of it.
  private static let reread = Span.seconds(1)
  private static let pause = Span.seconds(10)
  private static let attempts = 4

  public init(
    authorities: [CRLAuthority], lists: any RevocationListStore, schedule: CRLSchedule = CRLSchedule(),
    clock: @escaping @Sendable () -> Instant, report: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    (self.lists, self.schedule, now, self.report) = (lists, schedule, clock, report)
    self.authorities = Dictionary(authorities.map { ($0.id, $0) }) { first, _ in first }
    // A revocation that was durable when the last process died, and not yet on a CRL, is on one now.
    requested = Set(authorities.map(\.id))
  }

  /// Publishes a list that holds all that is durable at this call.
  ///
  /// Throws `CRLPublisherError.keyIsAway` for an authority whose key is not here (the root: its list is made ahead).
  public func publish(_ id: AuthorityID) async throws -> RevocationList {
    guard let authority = authorities[id] else { throw CRLPublisherError.keyIsAway(id) }
    // One that waits has not read the store yet, so it serves everyone who asks meanwhile.
    if let waiting = waiting[id] { return try await waiting.value }
    let before = running[id]
    let task = Task {
      _ = await before?.result
      return try await self.run(authority, waited: before != nil)
    }
    if before == nil { running[id] = task } else { waiting[id] = task }
    return try await task.value
  }

  /// Signs for these from now on; what is new gets its first list at the next `publishWhereDue`.
  public func serve(_ authorities: [CRLAuthority]) {
    let added = authorities.map(\.id).filter { self.authorities[$0] == nil }
    self.authorities = Dictionary(authorities.map { ($0.id, $0) }) { first, _ in first }
    requested = requested.union(added).intersection(self.authorities.keys)
  }

  /// Asks for new lists at the next `publishWhereDue`.
  public func request(_ ids: Set<AuthorityID>) { requested.formUnion(ids) }

  /// Publishes what was asked for and what the schedule demands. Failures are reported and tried again.
  public func publishWhereDue() async {
    for id in authorities.keys.sorted() where authorities[id] != nil {
      guard retryAt[id].map({ now() >= $0 }) ?? true, await isDue(id) else { continue }
      requested.remove(id)
      do {
        _ = try await publish(id)
        retryAt[id] = nil
      } catch {
        requested.insert(id)
        retryAt[id] = now() + Self.pause
        report("CRL of \(id): \(error)")
      }
    }
  }

  /// The list in force; nil when there is none yet.
  public func current(_ id: AuthorityID) async throws -> RevocationList? {
    let now = now()
    if let seen = seen[id], seen.readAt <= now, now < seen.readAt + Self.reread { return seen.list }
    guard let list = try await lists.latest(of: id) else { return nil }
    return see(list)
  }

  /// Reads the list again at the next question: another process may have published.
  func forget(_ id: AuthorityID) { seen[id]?.readAt = Instant(seconds: 0) }

  private func isDue(_ id: AuthorityID) async -> Bool {
    if requested.contains(id) { return true }
    guard let list = try? await current(id) else { return true }
    return schedule.isDue(list.thisUpdate, at: now())
  }

  private func run(_ authority: CRLAuthority, waited: Bool) async throws -> RevocationList {
    if waited { running[authority.id] = waiting.removeValue(forKey: authority.id) }
    defer { running[authority.id] = nil }
    var attempt = 1
    while true {
      do {
        return try await make(authority)
      } catch StoreError.conflict where attempt < Self.attempts {
        attempt += 1  // another process stored a higher number; the next number is higher still
      }
    }
  }

  private func make(_ authority: CRLAuthority) async throws -> RevocationList {
    let previous = try await lists.latest(of: authority.id)
    let number = try await lists.takeNumber(of: authority.id)
    let thisUpdate = now().wholeSecond
    // Read after the number was taken, so that a higher number never says less.
    let revoked = try await lists.revoked(
      by: authority.id, notExpiredAt: schedule.keptAfter(previous: previous?.thisUpdate, at: thisUpdate))
    let list = try await authority.revocationList(
      number: number, thisUpdate: thisUpdate, nextUpdate: schedule.nextUpdate(after: thisUpdate), revoked: revoked)
    try await lists.store(list)
    return see(list)
  }

  /// Never goes back to a lower number, whatever order answers come in.
  private func see(_ list: RevocationList) -> RevocationList {
    let newest = seen[list.authority].map { $0.list.number > list.number ? $0.list : list } ?? list
    seen[list.authority] = (newest, now())
    return newest
  }
}

/// Why no CRL was made.
public enum CRLPublisherError: Error, Hashable, Sendable {
  case keyIsAway(AuthorityID)
}

import Issuance
import Registry
import WireFormats

/// Whether this process can do its work. It writes to the store to learn it: a full disk lets everything be read.
public actor Readiness {
  /// Whoever asks more often is told what the last probe found: anyone may ask, and a probe is a synced commit.
  static let keptFor = Duration.seconds(1)

  private let store: any Store
  private let organization: OrganizationID
  private let now: Clock
  private var last: (at: ContinuousClock.Instant, obstacle: String?)?
  private var running: Task<String?, Never>?

  public init(store: any Store, organization: OrganizationID, clock: @escaping Clock) {
    (self.store, self.organization, now) = (store, organization, clock)
  }

  /// What is in the way, in a line; nil when nothing is.
  public func obstacle() async -> String? {
    if let last, last.at.duration(to: .now) < Self.keptFor { return last.obstacle }
    if let running { return await running.value }
    let probe = Task { await tried() }
    running = probe
    let found = await probe.value
    (running, last) = (nil, (.now, found))
    return found
  }

  private func tried() async -> String? {
    let (organization, time) = (organization, now())
    do {
      return try await store.write { writer in
        guard try writer.organization(organization) != nil else { return "the store is empty" }
        try writer.probe(at: time, in: organization)
        return nil
      }
    } catch {
      return Self.words(error)
    }
  }

  private static func words(_ error: any Error) -> String? {
    switch error {
    // It is written, by many; that has its own answer, to each of them.
    case StoreError.busy: nil
    case StoreError.unavailable(let reason): "the store cannot be written: \(reason)"
    default: "the store cannot be read"
    }
  }
}

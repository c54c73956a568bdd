import KeyCustody
import Registry
import Synchronization

/// The authorities as they stand now: one value that a serving process shares, exchanged whole when the store's change
/// sequence tells of a renewal.
///
/// What was begun under the set before is finished under it: an authority that was just retired may still issue, and
/// answers for what it issued.
public final class AuthorityRoster: Sendable {
  public typealias Observer = @Sendable (AuthoritySet) async -> Void

  private struct State {
    var current: AuthoritySet
    var generation: UInt64 = 0
    var observers: [Observer] = []
  }

  private let state: Mutex<State>

  public init(_ authorities: AuthoritySet) { state = Mutex(State(current: authorities)) }

  public var current: AuthoritySet { state.withLock { $0.current } }

  /// The set with a number that changes with it, for caches of what was made from it.
  var numbered: (authorities: AuthoritySet, generation: UInt64) { state.withLock { ($0.current, $0.generation) } }

  /// Is told of each set after this one, once it is current.
  public func observe(_ observer: @escaping Observer) { state.withLock { $0.observers.append(observer) } }

  /// Reads the store again and exchanges the set. An older read never replaces a newer one.
  public func reload(keys: any AuthorityKeys, from store: any Store) async throws {
    let before = current
    let fresh = try await AuthoritySet.load(
      organization: before.organization.id, addresses: before.addresses, keys: keys, from: store)
    let observers: [Observer] = state.withLock { state in
      guard fresh.sequence >= state.current.sequence else { return [] }
      state.current = fresh
      state.generation &+= 1
      return state.observers
    }
    for observer in observers { await observer(fresh) }
  }
}

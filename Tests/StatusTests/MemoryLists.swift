import Registry
import Status
import Synchronization
import WireFormats

/// Lists kept in memory, which can be made to fail between their steps.
final class MemoryLists: RevocationListStore {
  struct State {
    var number: Int64 = 0
    var revoked: [RevokedCertificate] = []
    var keptAfter: [Instant] = []
    var latest: [AuthorityID: RevocationList] = [:]
    var storing: StoreError?
    var stored: [Int64] = []
  }
  let state = Mutex(State())

  func takeNumber(of authority: AuthorityID) async throws -> Int64 {
    state.withLock {
      $0.number += 1
      return $0.number
    }
  }

  func revoked(by authority: AuthorityID, notExpiredAt instant: Instant) async throws -> [RevokedCertificate] {
    state.withLock {
      $0.keptAfter.append(instant)
      return $0.revoked
    }
  }

  func store(_ list: RevocationList) async throws {
    try state.withLock {
      if let failure = $0.storing { throw failure }
      guard list.number > $0.latest[list.authority]?.number ?? 0 else { throw StoreError.conflict("number") }
      $0.latest[list.authority] = list
      $0.stored.append(list.number)
    }
  }

  func latest(of authority: AuthorityID) async throws -> RevocationList? { state.withLock { $0.latest[authority] } }
}

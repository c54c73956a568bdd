import Issuance
import Registry
import WireFormats

/// Transactions in the store, so that the next message may reach another process.
public struct StoredTransactions: CMPTransactions {
  private let store: any Store
  private let organization: OrganizationID
  private let now: Clock

  public init(store: any Store, organization: OrganizationID, clock: @escaping Clock) {
    (self.store, self.organization, now) = (store, organization, clock)
  }

  public func transaction(_ identifier: String) async throws(Refusal) -> [UInt8]? {
    let time = now()
    do {
      return try await store.read { [organization] in
        try $0.protocolTransaction(
          door: Door.cmp.rawValue, identifier: Array(identifier.utf8), now: time, in: organization)?.state
      }
    } catch {
      throw Refusal(.unavailable, "the store cannot be read", detail: "\(error)")
    }
  }

  public func put(
    _ state: [UInt8], replacing old: [UInt8]?, of identifier: String, until expiry: Instant
  ) async throws(Refusal) -> Bool {
    let time = now()
    let transaction = ProtocolTransaction(
      door: Door.cmp.rawValue, identifier: Array(identifier.utf8), state: state, createdAt: time, expiresAt: expiry)
    do {
      try await store.write { [organization] writer in
        if let old {
          try writer.replace(transaction, ifStateIs: old, in: organization)
        } else {
          try writer.insert(transaction, now: time, in: organization)
        }
      }
      return true
    } catch StoreError.duplicate, StoreError.conflict, StoreError.missing {
      return false
    } catch {
      throw Refusal(.unavailable, "the store cannot write now", detail: "\(error)")
    }
  }
}

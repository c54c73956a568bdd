import Credentials
import Registry
import Synchronization

/// Accounts that signed lately, so that a signature is checked without waiting for the store.
///
/// Nothing is decided by what stands here: each message's own transaction reads the account anew, and a message of one that
/// another process changed is looked at again (`ACMEService.post`).
final class RecentAccounts: Sendable {
  struct Account: Sendable {
    let record: ACMEAccountRecord
    let key: SubjectPublicKeyInfo
  }

  private static let most = 1024
  private let accounts = Mutex<[ACMEObjectID: Account]>([:])

  subscript(id: ACMEObjectID) -> Account? { accounts.withLock { $0[id] } }

  func note(_ account: Account) {
    accounts.withLock { accounts in
      if accounts.count >= Self.most { accounts.removeAll() }
      accounts[account.record.id] = account
    }
  }

  func forget(_ id: ACMEObjectID) { accounts.withLock { _ = $0.removeValue(forKey: id) } }
}

import Registry

/// The validations that this process has in hand, taken by turns of their accounts: one whose hosts hang, or that asks for
/// many, holds up itself.
public struct ValidationBacklog: Sendable {
  /// Looks under way at once.
  package static let most = 64
  /// What comes beyond these stays in the store until it is due there.
  private static let mostWaiting = 10_000

  private var waiting: [ACMEObjectID: ArraySlice<ACMEValidation>] = [:]
  /// The accounts that have some waiting, the next one first.
  private var turns: ArraySlice<ACMEObjectID> = []
  private var underWay: [ACMEObjectID: Int] = [:]
  private var (countWaiting, countUnderWay) = (0, 0)

  public init() {}

  /// How many more are worth fetching from the store now.
  public var room: Int { max(0, Self.most - countWaiting) }

  public mutating func add(_ validation: ACMEValidation) {
    guard countWaiting < Self.mostWaiting else { return }
    let account = validation.account.id
    if waiting[account, default: []].isEmpty { turns.append(account) }
    waiting[account, default: []].append(validation)
    countWaiting += 1
  }

  /// The next to begin with; nil when there is none, or no place for it. `end` gives the place back.
  public mutating func begin() -> ACMEValidation? {
    guard countUnderWay < Self.most else { return nil }
    for _ in turns.indices {
      guard let account = turns.popFirst() else { return nil }
      guard mayBegin(account), let next = waiting[account]?.popFirst() else {
        turns.append(account)
        continue
      }
      if waiting[account]?.isEmpty ?? true { waiting[account] = nil } else { turns.append(account) }
      underWay[account, default: 0] += 1
      (countWaiting, countUnderWay) = (countWaiting - 1, countUnderWay + 1)
      return next
    }
    return nil
  }

  /// An account gets three quarters of the places that others leave, so that there is one for whoever comes next.
  private func mayBegin(_ account: ACMEObjectID) -> Bool {
    let own = underWay[account, default: 0]
    return own < max(1, (Self.most - (countUnderWay - own)) * 3 / 4)
  }

  public mutating func end(_ validation: ACMEValidation) {
    let left = underWay[validation.account.id, default: 1] - 1
    underWay[validation.account.id] = left > 0 ? left : nil
    countUnderWay -= 1
  }
}

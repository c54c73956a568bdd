import Enrollment
import Registry
import TestKit
import Testing
import WireFormats

/// Validations are taken by turns of their accounts.
@Suite struct ValidationBacklogTests {
  private struct Maker {
    let now = Instant(seconds: 1_800_000_000)
    var random = SeededRandom(seed: 4)

    mutating func account() throws -> ACMEAccountRecord {
      ACMEAccountRecord(
        id: ACMEObjectID(at: now, random: &random), profile: try #require(ProfileName(rawValue: "lab")),
        thumbprint: [1], publicKey: [2], contacts: [], binding: nil, createdAt: now)
    }

    mutating func validation(of account: ACMEAccountRecord) -> ACMEValidation {
      let authorization = ACMEAuthorizationRecord(
        id: ACMEObjectID(at: now, random: &random), order: ACMEObjectID(at: now, random: &random), account: account.id,
        identifier: ACMEIdentifier(.dns, "a.example"), isWildcard: false, token: "t", expiresAt: now + .hours(1))
      return ACMEValidation(
        ACMEValidationRecord(authorization: authorization.id, dueAt: now), authorization, account)
    }
  }

  private static func begin(_ backlog: inout ValidationBacklog) -> ACMEObjectID? { backlog.begin()?.account.id }

  /// Hosts that hang hold up their own account, and never all places.
  @Test func anotherAccountIsNotHeldUp() throws {
    var (backlog, maker) = (ValidationBacklog(), Maker())
    let (first, second) = (try maker.account(), try maker.account())
    for _ in 0..<200 { backlog.add(maker.validation(of: first)) }
    var hanging: [ACMEValidation] = []
    while let next = backlog.begin() { hanging.append(next) }
    #expect(hanging.count == 48 && backlog.room == 0)
    backlog.add(maker.validation(of: second))
    #expect(Self.begin(&backlog) == second.id)
    #expect(Self.begin(&backlog) == nil)
    backlog.end(hanging[0])
    backlog.end(hanging[1])
    #expect(Self.begin(&backlog) == first.id)
  }

  /// While several ask, each gets its turn.
  @Test func turns() throws {
    var (backlog, maker) = (ValidationBacklog(), Maker())
    let accounts = try (0..<3).map { _ in try maker.account() }
    for account in accounts { for _ in 0..<4 { backlog.add(maker.validation(of: account)) } }
    let begun = (0..<6).compactMap { _ in backlog.begin()?.account.id }
    #expect(begun == (accounts + accounts).map(\.id))
    #expect(backlog.room == ValidationBacklog.most - 6)
  }

  /// Accounts that hang leave a place for the next.
  @Test func severalThatHangLeaveAPlace() throws {
    var (backlog, maker) = (ValidationBacklog(), Maker())
    for _ in 0..<3 {
      let account = try maker.account()
      for _ in 0..<200 { backlog.add(maker.validation(of: account)) }
      while backlog.begin() != nil {}
    }
    let last = try maker.account()
    backlog.add(maker.validation(of: last))
    #expect(Self.begin(&backlog) == last.id)
  }
}

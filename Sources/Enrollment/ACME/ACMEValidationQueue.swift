import Issuance
import Registry
import WireFormats

/// One look at a host, with all that it needs.
public struct ACMEValidation: Sendable {
  let record: ACMEValidationRecord
  let authorization: ACMEAuthorizationRecord
  package let account: ACMEAccountRecord

  package init(_ record: ACMEValidationRecord, _ authorization: ACMEAuthorizationRecord, _ account: ACMEAccountRecord) {
    (self.record, self.authorization, self.account) = (record, authorization, account)
  }
}

/// The validations that wait in the store, and what working on one of them does. Which process works is all the same: a
/// validation that is done twice comes to the same end.
public struct ACMEValidationQueue: Sendable {
  private let store: any Store
  private let organization: OrganizationID
  private let nonces: ACMENonces
  private let now: Clock

  /// A host that does not answer is asked again this long after each attempt; then the challenge has failed.
  static let pauses: [Span] = [.seconds(2), .seconds(6)]
  /// While one is worked on, other processes leave it alone; a crash leaves it due again.
  static let claim = Span.seconds(30)

  public init(store: any Store, organization: OrganizationID, nonces: ACMENonces, clock: @escaping Clock) {
    self.store = store
    self.organization = organization
    self.nonces = nonces
    now = clock
  }

  /// Takes up to `limit` that are due, for a while.
  public func take(upTo limit: Int) async throws -> [ACMEValidation] {
    let (organization, now) = (organization, now())
    let due = try await store.read { try $0.acmeValidations(dueBy: now, limit: limit, in: organization) }
    guard !due.isEmpty else { return [] }
    return try await store.write { writer in
      try writer.acmeValidations(dueBy: now, limit: limit, in: organization).compactMap { record in
        guard let authorization = try writer.acmeAuthorization(record.authorization, in: organization),
          authorization.status == .pending,
          let account = try writer.acmeAccount(authorization.account, in: organization), account.status == .valid
        else {
          try writer.removeACMEValidation(of: record.authorization, in: organization)
          return nil
        }
        var claimed = record
        claimed.dueAt = now + Self.claim
        try writer.put(claimed, in: organization)
        return ACMEValidation(claimed, authorization, account)
      }
    }
  }

  /// Looks at one challenge, and writes down what it found; nothing once others may have taken it from the store.
  public func work(on validation: ACMEValidation, reaching: any ChallengeReaching) async throws {
    guard now() < validation.record.dueAt else { return }
    try await look(validation, reaching)
  }

  private func look(_ validation: ACMEValidation, _ reaching: any ChallengeReaching) async throws {
    let authorization = validation.authorization
    do throws(ACMEProblem) {
      try await ChallengeValidation(authorization, of: validation.account).run(reaching: reaching)
      try await settle(authorization, .success(nil))
    } catch {
      if error.isWorthAnotherTry, validation.record.attempts < Self.pauses.count {
        return try await putOff(validation.record)
      }
      try await settle(authorization, .failure(error))
    }
  }

  private func settle(
    _ authorization: ACMEAuthorizationRecord, _ result: Result<DeviceAttestation.Attested?, ACMEProblem>
  ) async throws(ACMEProblem) {
    let (organization, now) = (organization, now())
    do {
      try await store.write { writer in
        guard let current = try writer.acmeAuthorization(authorization.id, in: organization), current.status == .pending
        else { return }
        try ACMEService.settle(current.settled(result, at: now), in: writer, organization)
      }
    } catch { throw .from(error) }
  }

  private func putOff(_ validation: ACMEValidationRecord) async throws {
    let organization = organization
    var later = validation
    later.dueAt = now() + Self.pauses[validation.attempts]
    later.attempts += 1
    try await store.write { [later] in try $0.put(later, in: organization) }
  }

  /// Deletes what has expired; returns how many rows.
  @discardableResult
  public func sweep() async throws -> Int {
    let (organization, now, oldest) = (organization, now(), nonces.oldest(at: now()))
    return try await store.write { writer in
      try writer.sweepACME(expiredBefore: now - .days(1), noncesBefore: oldest, in: organization)
    }
  }
}

extension ACMEProblem {
  /// Whether the host may just not be ready yet; a wrong answer is an answer.
  fileprivate var isWorthAnotherTry: Bool { kind == .connection || kind == .dns || kind == .tls }
}

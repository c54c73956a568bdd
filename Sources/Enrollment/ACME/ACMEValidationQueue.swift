import Issuance
import Registry
import WireFormats

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
  public func take(upTo limit: Int) async throws -> [ACMEValidationRecord] {
    let (organization, now) = (organization, now())
    let due = try await store.read { try $0.acmeValidations(dueBy: now, limit: limit, in: organization) }
    guard !due.isEmpty else { return [] }
    return try await store.write { writer in
      let due = try writer.acmeValidations(dueBy: now, limit: limit, in: organization)
      for record in due {
        var claimed = record
        claimed.dueAt = now + Self.claim
        try writer.put(claimed, in: organization)
      }
      return due
    }
  }

  /// Looks at one challenge, and writes down what it found.
  public func work(on validation: ACMEValidationRecord, reaching: any ChallengeReaching) async throws {
    let organization = organization
    let found = try await store.read { reader -> (ACMEAuthorizationRecord, ACMEAccountRecord)? in
      guard let authorization = try reader.acmeAuthorization(validation.authorization, in: organization),
        authorization.status == .pending, let account = try reader.acmeAccount(authorization.account, in: organization),
        account.status == .valid
      else { return nil }
      return (authorization, account)
    }
    guard let (authorization, account) = found else {
      return try await store.write { try $0.removeACMEValidation(of: validation.authorization, in: organization) }
    }
    do throws(ACMEProblem) {
      try await ChallengeValidation(authorization, of: account).run(reaching: reaching)
      try await settle(authorization, .success(nil))
    } catch {
      if error.isWorthAnotherTry, validation.attempts < Self.pauses.count {
        return try await putOff(validation)
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

import Credentials
import WireFormats

/// Reads what revocation publishing needs.
public protocol RevocationReading {
  /// All held and revoked certificates of an authority that do not expire before `instant`, in the order of serials.
  func revokedCertificates(
    by authority: AuthorityID, notExpiredAt instant: Instant, in organization: OrganizationID
  ) throws -> [RevokedCertificate]
  /// The latest published list.
  func revocationList(of authority: AuthorityID, in organization: OrganizationID) throws -> RevocationList?
  /// Changes after `sequence`, oldest first. `limit` is 1 or more.
  func standingChanges(
    after sequence: Int64, limit: Int, in organization: OrganizationID
  ) throws -> [StandingChange]
  /// The latest change's number; 0 before the first.
  func latestStandingChange(in organization: OrganizationID) throws -> Int64
}

/// Writes what revocation publishing needs.
public protocol RevocationWriting {
  /// Takes the next CRL number, which is never given again. Throws `StoreError.missing` without such an authority.
  func takeCRLNumber(of authority: AuthorityID, in organization: OrganizationID) throws -> Int64
  /// Makes the next number taken greater than `number` (after a restore).
  func raiseCRLNumber(of authority: AuthorityID, to number: Int64, in organization: OrganizationID) throws
  /// Stores the published list. Throws `StoreError.conflict` unless its number was taken and is greater than the
  /// stored one's, so that a slow publisher cannot put an older list back.
  func store(_ list: RevocationList, in organization: OrganizationID) throws
  /// For what the store cannot see by itself; the writing methods record their own changes.
  func recordStandingChange(of subject: StandingChange.Subject, in organization: OrganizationID) throws
}

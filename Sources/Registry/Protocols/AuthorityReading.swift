/// Reads authorities.
public protocol AuthorityReading {
  func authority(_ id: AuthorityID, in organization: OrganizationID) throws -> AuthorityRecord?
  /// The active authorities of one purpose, oldest first.
  func activeAuthorities(
    purpose: AuthorityRecord.Purpose, in organization: OrganizationID
  ) throws -> [AuthorityRecord]
  /// All, in any state, oldest first.
  func authorities(in organization: OrganizationID) throws -> [AuthorityRecord]
}

/// Writes authorities.
public protocol AuthorityWriting {
  /// Throws `StoreError.duplicate` when the identifier is taken.
  func insert(_ authority: AuthorityRecord) throws
  /// Writes purpose, parent, certificate, state and revocation; name, key and CRL numbers never change. Records a
  /// standing change. Throws `StoreError.missing`.
  func update(_ authority: AuthorityRecord) throws
  /// Records a standing change. Throws `StoreError.missing`.
  func setState(
    _ state: AuthorityRecord.State, ofAuthority id: AuthorityID, in organization: OrganizationID
  ) throws
}

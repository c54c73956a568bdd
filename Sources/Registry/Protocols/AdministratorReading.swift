import WireFormats

/// Reads administrators.
public protocol AdministratorReading {
  /// Also one that was removed; see `removedAt`. `fingerprint` is the SHA-256 of the certificate.
  func administrator(fingerprint: [UInt8], in organization: OrganizationID) throws -> AdministratorRecord?
  /// All, removed ones too, oldest first.
  func administrators(in organization: OrganizationID) throws -> [AdministratorRecord]
}

/// Writes administrators; every change records a standing change.
public protocol AdministratorWriting {
  /// Throws `StoreError.duplicate` when the certificate has a record.
  func insert(_ administrator: AdministratorRecord) throws
  /// Counts one more certificate that this one was given. Throws `StoreError.missing`, and `StoreError.conflict` when
  /// its count is used up or it was removed.
  func countIssue(ofAdministrator fingerprint: [UInt8], in organization: OrganizationID) throws
  /// After a restore: counts whatever registration authorities with a count may have been given; returns of how many.
  @discardableResult
  func exhaustRegistrationAuthorities(in organization: OrganizationID) throws -> Int
  /// Throws `StoreError.missing`, and `StoreError.conflict` for the last one with the role of administrator.
  func removeAdministrator(fingerprint: [UInt8], at instant: Instant, in organization: OrganizationID) throws
}

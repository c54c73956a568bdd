import WireFormats

/// Reads what somebody else's authorities were asked to certify.
public protocol AuthorityRequestReading {
  /// All that were ever made, oldest first.
  func authorityRequests(in organization: OrganizationID) throws -> [AuthorityRequestRecord]
}

/// Writes the same.
public protocol AuthorityRequestWriting {
  /// Throws `StoreError.duplicate` when the identifier is taken.
  func insert(_ request: AuthorityRequestRecord) throws
  /// Throws `StoreError.conflict` unless it is there and nothing was installed for it.
  func installAuthorityRequest(_ id: AuthorityID, at time: Instant, in organization: OrganizationID) throws
}

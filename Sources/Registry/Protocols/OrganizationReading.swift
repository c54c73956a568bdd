/// Reads organizations.
public protocol OrganizationReading {
  func organization(_ id: OrganizationID) throws -> OrganizationRecord?
  /// All of the installation, in the order of their identifiers; the only call that is not scoped.
  func organizations() throws -> [OrganizationRecord]
}

/// Writes organizations.
public protocol OrganizationWriting {
  /// Throws `StoreError.duplicate` when the identifier is taken.
  func insert(_ organization: OrganizationRecord) throws
  /// Opens the next epoch of the audit log; throws `StoreError.conflict` unless it grows.
  func openAuditEpoch(_ epoch: Int, in organization: OrganizationID) throws
}

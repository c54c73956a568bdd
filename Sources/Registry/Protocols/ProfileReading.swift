/// Reads profiles.
public protocol ProfileReading {
  /// The current version.
  func profile(_ name: ProfileName, in organization: OrganizationID) throws -> ProfileRecord?
  func profile(_ name: ProfileName, version: Int, in organization: OrganizationID) throws -> ProfileRecord?
  /// The current version of each, in the order of names.
  func profiles(in organization: OrganizationID) throws -> [ProfileRecord]
  /// All versions of one, oldest first.
  func profileVersions(_ name: ProfileName, in organization: OrganizationID) throws -> [ProfileRecord]
}

/// Writes profiles.
public protocol ProfileWriting {
  /// Records a standing change. Throws `StoreError.conflict` unless the version is the current one's successor (or 1).
  func insert(_ profile: ProfileRecord, in organization: OrganizationID) throws
}

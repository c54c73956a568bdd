import WireFormats

/// Reads what leads from one key to the next, and what is asked of roots.
public protocol RolloverReading {
  /// All of the organization, oldest first.
  func rolloverCertificates(in organization: OrganizationID) throws -> [RolloverCertificate]
  func rootRequest(_ id: RootRequestID, in organization: OrganizationID) throws -> RootRequestRecord?
  /// All that were ever made, oldest first.
  func rootRequests(in organization: OrganizationID) throws -> [RootRequestRecord]
}

/// Writes the same.
public protocol RolloverWriting {
  /// Throws `StoreError.duplicate` when there is one of this kind between the two.
  func insert(_ certificate: RolloverCertificate) throws
  /// Throws `StoreError.duplicate` when the identifier is taken.
  func insert(_ request: RootRequestRecord) throws
  /// Throws `StoreError.conflict` unless it is there and unanswered.
  func answerRootRequest(_ id: RootRequestID, at time: Instant, in organization: OrganizationID) throws
}

/// Reads trust bundles and who approves.
public protocol TrustBundleReading {
  /// The one with the highest number.
  func trustBundle(in organization: OrganizationID) throws -> TrustBundleRecord?
  /// All versions for a purpose, the first one first.
  func approverDocuments(purpose: String, in organization: OrganizationID) throws -> [ApproverDocumentRecord]
}

/// Writes the same. Nothing is ever changed or taken away.
public protocol TrustBundleWriting {
  /// Throws `StoreError.conflict` unless its number is higher than every one before.
  func insert(_ bundle: TrustBundleRecord) throws
  /// Throws `StoreError.conflict` unless its number follows the last one's.
  func insert(_ document: ApproverDocumentRecord) throws
}

import WireFormats

/// Reads manufacturers' authorities that the operator trusts.
public protocol TrustReading {
  /// Only while it is trusted.
  func trustAnchor(_ name: String, in organization: OrganizationID) throws -> TrustAnchorRecord?
  /// Those trusted now, in the order of names.
  func trustAnchors(in organization: OrganizationID) throws -> [TrustAnchorRecord]
}

extension TrustReading {
  /// Those trusted now for one purpose.
  public func trustAnchors(
    for purpose: TrustAnchorRecord.Purpose, in organization: OrganizationID
  ) throws -> [TrustAnchorRecord] {
    try trustAnchors(in: organization).filter { $0.purpose == purpose }
  }
}

/// Writes manufacturers' authorities; every change records a standing change.
public protocol TrustWriting {
  /// Throws `StoreError.duplicate` when the name is taken by one that is trusted now.
  func insert(_ anchor: TrustAnchorRecord, in organization: OrganizationID) throws
  /// Keeps the record, with its end. Throws `StoreError.missing`.
  func removeTrustAnchor(_ name: String, at instant: Instant, in organization: OrganizationID) throws
}

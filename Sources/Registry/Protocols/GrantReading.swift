import WireFormats

/// Reads grants and their uses.
public protocol GrantReading {
  func grant(_ name: GrantName, in organization: OrganizationID) throws -> GrantRecord?
  /// The grant whose secret has this SHA-256, where a request shows a secret and no name.
  func grant(secretHash: [UInt8], in organization: OrganizationID) throws -> GrantRecord?
  /// In the order of names. `limit` is 1 or more.
  func grants(
    matching selection: Selection?, after cursor: Cursor?, limit: Int, in organization: OrganizationID
  ) throws -> Page<GrantRecord>
  /// The success of this public key under this grant.
  func grantUse(
    of grant: GrantName, keyHash: [UInt8], in organization: OrganizationID
  ) throws -> GrantUse?
}

/// What a grant counts beside its issues.
public enum GrantCounter: Sendable {
  case repeated, refused
}

/// Writes grants and their uses.
public protocol GrantWriting {
  /// Throws `StoreError.duplicate` when the name is taken.
  func insert(_ grant: GrantRecord) throws
  /// Records a success and counts it. Throws `StoreError.conflict` when the grant is used up, revoked or closed,
  /// `StoreError.duplicate` when this key has a use, `StoreError.missing` without such a grant.
  func insert(_ use: GrantUse, in organization: OrganizationID) throws
  /// Adds one to a counter. Throws `StoreError.missing`.
  func count(_ counter: GrantCounter, of grant: GrantName, in organization: OrganizationID) throws
  /// Records a standing change; a second revocation changes nothing. Throws `StoreError.missing`.
  func revokeGrant(_ name: GrantName, at instant: Instant, in organization: OrganizationID) throws
  /// After a restore: closes every grant that could still let somebody in; returns how many.
  @discardableResult
  func closeGrants(at instant: Instant, in organization: OrganizationID) throws -> Int
  /// Opens a closed one. Uses that the store does not know of are counted as issued. Throws `StoreError.missing`, and
  /// `StoreError.conflict` when it is not closed.
  func reopenGrant(_ name: GrantName, countingLost lost: Int, in organization: OrganizationID) throws
}

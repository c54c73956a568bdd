import Credentials
import WireFormats

/// Reads requests that wait for an operator.
public protocol PendingRequestReading {
  func pendingRequest(_ id: PendingRequestID, in organization: OrganizationID) throws -> PendingRequestRecord?
  func pendingRequest(digest: [UInt8], in organization: OrganizationID) throws -> PendingRequestRecord?
  /// Oldest first. `limit` is 1 or more.
  func pendingRequests(
    matching selection: Selection?, after cursor: Cursor?, limit: Int, in organization: OrganizationID
  ) throws -> Page<PendingRequestRecord>
  /// How many of this principal, or (nil) of all, are undecided.
  func countPendingRequests(of principal: String?, in organization: OrganizationID) throws -> Int
  /// Those that are over by `instant`, oldest first.
  func pendingRequests(
    expiredAt instant: Instant, limit: Int, in organization: OrganizationID
  ) throws -> [PendingRequestRecord]
}

/// Writes requests that wait for an operator.
public protocol PendingRequestWriting {
  /// Throws `StoreError.duplicate` when the identifier or the digest is there.
  func insert(_ request: PendingRequestRecord) throws
  /// Records an operator's decision, and until when it stands. Throws `StoreError.missing`, and `StoreError.conflict`
  /// unless it is undecided.
  func decidePendingRequest(
    _ id: PendingRequestID, as state: PendingRequestRecord.State, by person: String, reason: String?,
    at instant: Instant, expiresAt: Instant, in organization: OrganizationID
  ) throws
  /// Records what an approved one was given. Throws `StoreError.missing`, and `StoreError.conflict` unless it is approved
  /// and has not expired.
  func issuePendingRequest(
    _ id: PendingRequestID, authority: AuthorityID, certificate: SerialNumber, at instant: Instant,
    in organization: OrganizationID
  ) throws
  /// Deleting what is not there changes nothing.
  func deletePendingRequest(_ id: PendingRequestID, in organization: OrganizationID) throws
}

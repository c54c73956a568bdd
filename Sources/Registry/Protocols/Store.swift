/// Where records are kept. Bodies run synchronously on the store's own threads, never on the cooperative pool.
///
/// A reader or writer is valid only within the body that it was given to.
public protocol Store: Sendable {
  /// Runs on one consistent snapshot, which holds every write that returned before.
  func read<T: Sendable>(_ body: @Sendable @escaping (any StoreReader) throws -> T) async throws -> T

  /// Runs in its own savepoint in the next group commit; returns only after the commit is durable.
  ///
  /// A throw rolls back this body alone and is thrown on. `StoreError.busy` when too many wait,
  /// `StoreError.unavailable` when the commit failed: then nothing of this body was kept. Once queued, a body runs even
  /// if its task is cancelled.
  func write<T: Sendable>(_ body: @Sendable @escaping (any StoreWriter) throws -> T) async throws -> T
}

/// All that can be read, in narrow protocols for their consumers. Another organization's objects answer as absent.
public typealias StoreReader =
  OrganizationReading & AuthorityReading & DeviceReading & EnrollmentSecretReading & GrantReading & CertificateReading
  & RevocationReading & ProfileReading & AdministratorReading & TrustReading & IdempotencyReading & AuditReading
  & RecoveryReading & WatchReading & DeviceKeyReading
  & RolloverReading & TrustBundleReading & DeviceTPMReading & AttestationReading & BaselineReading
  & AuthorityRequestReading
  & FleetReading & BulkActReading & PendingRequestReading & ProtocolTransactionReading & ACMEReading

/// All that can be read and written; what was written is read back within the same body.
public typealias StoreWriter =
  StoreReader & OrganizationWriting & AuthorityWriting & DeviceWriting & EnrollmentSecretWriting & GrantWriting
  & CertificateWriting & RevocationWriting & ProfileWriting & AdministratorWriting & TrustWriting & IdempotencyWriting
  & AuditWriting & WatchWriting & DeviceKeyWriting & RecoveryWriting & RolloverWriting & TrustBundleWriting
  & BulkActWriting & PendingRequestWriting & ProtocolTransactionWriting & ACMEWriting & ProbeWriting
  & DeviceTPMWriting & AttestationWriting & BaselineWriting & AuthorityRequestWriting

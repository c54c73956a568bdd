import AuditLog
import KeyCustody
import Registry
import WireFormats

/// Signs a checkpoint of the audit log whenever it has grown, with a key of its own.
///
/// A crash between an act and its checkpoint loses nothing: entries and leaves are durable with the act, and the next
/// checkpoint covers them.
public struct CheckpointWriter: Sendable {
  private let store: any Store
  private let organization: OrganizationRecord
  private let signer: any Signer
  private let now: Clock

  public init(store: any Store, organization: OrganizationRecord, signer: any Signer, clock: @escaping Clock) {
    self.store = store
    self.organization = organization
    self.signer = signer
    now = clock
  }

  /// The log key in custody.
  public static func signer(in keys: SealedKeyStore) throws(CustodyError) -> any Signer {
    try keys.signer(named: Founding.logKeyName, purpose: CustodyPurpose.auditLog)
  }

  /// Signs and stores a checkpoint if the log grew; nil when it did not.
  @discardableResult
  public func write() async throws -> StoredCheckpoint? {
    let id = organization.id
    let (frontier, latest) = try await store.read { reader in
      (try reader.auditFrontier(in: id), try reader.latestCheckpoint(in: id))
    }
    guard frontier.size > (latest?.size ?? 0) else { return nil }
    let origin = Checkpoint.origin(organization: id.rawValue, epoch: organization.auditEpoch)
    let checkpoint = Checkpoint(origin: origin, frontier: frontier)
    let stored = StoredCheckpoint(
      size: frontier.size, root: frontier.root, note: try await note(of: checkpoint), at: now())
    try await store.write { try $0.store(stored, in: id) }
    return stored
  }

  private func note(of checkpoint: Checkpoint) async throws -> String {
    guard let key = NoteKey(name: checkpoint.origin, publicKey: signer.publicKey.keyOctets) else {
      throw Refusal(.unavailable, "the log's key is not an Ed25519 key")
    }
    return try await checkpoint.signed(as: key) { try await signer.sign($0) }.description
  }

  /// Once a second until cancelled; a failure is reported and tried again.
  public func run(report: @escaping @Sendable (String) -> Void) async {
    while !Task.isCancelled {
      do { try await write() } catch { report("the audit log's checkpoint is late: \(error)") }
      try? await Task.sleep(for: .seconds(1))
    }
    // What came in while the server drained has its checkpoint too. In a task of its own: in one that is cancelled the
    // store refuses to read.
    _ = try? await Task { try await write() }.value
  }
}

import AuditLog
import KeyCustody
import Registry

/// What was lost is told by the last checkpoint of the lost log, and believed only under the log's own key.
extension Restoration {
  /// The newest of these signed notes, which may be of other logs too, that this log's key signed.
  ///
  /// - Throws: `badRequest` where none is: whoever made one up could void what was never lost.
  public func newestCheckpoint(among notes: [String], keys: SealedKeyStore) throws -> String {
    let places = notes.compactMap { note in LogPlace(note, of: organization).map { (note: note, place: $0) } }
    guard !places.isEmpty else { throw Refusal(.badRequest, "no checkpoint there is of the log of \(organization)") }
    let signer = try CheckpointWriter.signer(in: keys)
    // Newest first: one that was added later by somebody else is passed over.
    for (note, place) in places.sorted(by: { $1.place < $0.place }) where place.isSigned(note, by: signer) {
      return note
    }
    throw Refusal(.badRequest, "no checkpoint there is signed by this log's key")
  }

  /// The newer of the one that was given and the backup's own.
  ///
  /// Nil where there is neither.
  func lastCheckpoint(_ terms: RestoreTerms, _ keys: SealedKeyStore) throws -> (epoch: Int, head: EpochStatement.Head)?
  {
    let own = manifest.checkpoint
    guard terms.checkpoint != nil || own != nil else { return nil }
    if let given = terms.checkpoint { _ = try newestCheckpoint(among: [given], keys: keys) }
    let newest = try newestCheckpoint(among: [terms.checkpoint, own].compactMap { $0 }, keys: keys)
    return LogPlace(newest, of: organization).map { ($0.epoch, $0.head) }
  }

  /// Whether a checkpoint was given, and one that is not older than the backup: only then is it known what was lost.
  func knowsCheckpoint(_ terms: RestoreTerms, _ statement: EpochStatement) -> Bool {
    guard let place = terms.checkpoint.flatMap({ LogPlace($0, of: organization) }) else { return false }
    return place.epoch == statement.lastEpoch && place.head == statement.last
  }
}

/// Where in the log of an organization an unbelieved checkpoint stands.
private struct LogPlace: Comparable {
  let epoch: Int
  let head: EpochStatement.Head
  private let origin: String

  /// Nil for what is no checkpoint, or one of another log.
  init?(_ note: String, of organization: OrganizationID) {
    guard let signed = try? SignedNote(parsing: note), let checkpoint = try? Checkpoint(parsing: signed.text) else {
      return nil
    }
    let parts = checkpoint.origin.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, let epoch = Int(parts[2]), epoch >= 1, epoch < 1_000_000,
      checkpoint.origin == Checkpoint.origin(organization: organization.rawValue, epoch: epoch)
    else { return nil }
    (self.epoch, origin) = (epoch, checkpoint.origin)
    head = EpochStatement.Head(size: checkpoint.size, root: checkpoint.root)
  }

  /// The log keeps its key over epochs.
  func isSigned(_ note: String, by signer: any Signer) -> Bool {
    guard let key = NoteKey(name: origin, publicKey: signer.publicKey.keyOctets) else { return false }
    return (try? Checkpoint.verify(note, keys: [key])) != nil
  }

  static func < (first: LogPlace, second: LogPlace) -> Bool {
    (first.epoch, first.head.size) < (second.epoch, second.head.size)
  }
}

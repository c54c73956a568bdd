import WireFormats

/// A tree head of the log (C2SP tlog-checkpoint): so many leaves, with this root.
public struct Checkpoint: Sendable, Hashable {
  /// Which log: `touchmark/<organization>/<epoch>`.
  public let origin: String
  public let size: UInt64
  /// 32 octets.
  public let root: [UInt8]
  /// Lines that this version gives no meaning; kept.
  public let extensions: [String]

  public init(origin: String, size: UInt64, root: [UInt8]) {
    (self.origin, self.size, self.root, extensions) = (origin, size, root, [])
  }

  /// Of a log as it stands.
  public init(origin: String, frontier: MerkleFrontier) {
    self.init(origin: origin, size: frontier.size, root: frontier.root)
  }

  /// The origin line. A restore opens a new epoch.
  public static func origin(organization: String, epoch: some BinaryInteger) -> String {
    "touchmark/\(organization)/\(epoch)"
  }

  /// The note's text.
  public var text: String {
    "\(origin)\n\(size)\n\(Base64.encode(root))\n" + extensions.map { $0 + "\n" }.joined()
  }

  // C2SP tlog-checkpoint: origin, decimal size without leading zeros, base64 root, then extension lines, none empty.
  public init(parsing text: String) throws(NoteError) {
    let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard lines.count >= 4, lines.last == "", !lines.dropLast().contains(""), let size = UInt64(lines[1]),
      "\(size)" == lines[1], let root = Base64.decode(Array(lines[2].utf8)), root.count == MerkleTree.hashSize,
      Base64.encode(root) == lines[2]
    else { throw .malformed }
    (origin, self.size, self.root) = (lines[0], size, root)
    extensions = Array(lines[3...].dropLast())
  }

  /// Signs as C2SP asks: the key's name is the origin.
  public func signed<E: Error>(
    as key: NoteKey, with signer: ([UInt8]) async throws(E) -> [UInt8]
  ) async throws(E) -> SignedNote {
    try await SignedNote.sign(text, as: key, with: signer)
  }

  /// Reads a note and believes it only when one of the keys signed it.
  public static func verify(_ note: String, keys: [NoteKey]) throws(NoteError) -> Checkpoint {
    let note = try SignedNote(parsing: note)
    try note.verify(keys)
    return try Checkpoint(parsing: note.text)
  }
}

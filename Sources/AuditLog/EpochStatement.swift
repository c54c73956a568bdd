import WireFormats

/// Why and where an epoch of the log begins (docs/audit.md, Epochs): text that the root signs, octet by octet.
public struct EpochStatement: Sendable, Hashable {
  /// A tree head without a signature: so many leaves, with this root.
  public struct Head: Sendable, Hashable {
    public let size: UInt64
    /// 32 octets.
    public let root: [UInt8]

    public init(size: UInt64, root: [UInt8]) { (self.size, self.root) = (size, root) }
  }

  public let organization: String
  public let epoch: Int
  /// When the epoch was opened.
  public let openedAt: Instant
  /// When the backup was made that the log comes from.
  public let restoredFrom: Instant
  /// The log as it was restored: the epoch's first entry follows.
  public let begins: Head
  /// The epoch of the last checkpoint known of the log before.
  public let lastEpoch: Int
  /// That checkpoint. It may cover more than was restored: the difference is lost.
  public let last: Head
  /// Until then certificates of the lost window are taken back.
  public let recoveryUntil: Instant

  public init(
    organization: String, epoch: Int, openedAt: Instant, restoredFrom: Instant, begins: Head, lastEpoch: Int,
    last: Head, recoveryUntil: Instant
  ) {
    (self.organization, self.epoch, self.openedAt) = (organization, epoch, openedAt)
    (self.restoredFrom, self.begins, self.lastEpoch) = (restoredFrom, begins, lastEpoch)
    (self.last, self.recoveryUntil) = (last, recoveryUntil)
  }

  /// How many entries the log before is known to have lost. Those after its last known checkpoint are lost as well, and
  /// nobody can say how many they were.
  public var entriesLost: UInt64 { last.size > begins.size ? last.size - begins.size : 0 }
}

extension EpochStatement {
  static let title = "touchmark/audit-epoch/v1"
  static let maximumOctets = 4096

  /// What is signed.
  public var text: String {
    """
    \(Self.title)
    organization: \(organization)
    epoch: \(epoch)
    opened: \(openedAt)
    restored-from: \(restoredFrom)
    begins: \(begins.text)
    last-epoch: \(lastEpoch)
    last: \(last.text)
    recovery-until: \(recoveryUntil)

    """
  }

  /// Nil for a text that is not exactly what these values are written as.
  public init?(_ text: String) {
    guard text.utf8.count <= Self.maximumOctets else { return nil }
    let names = [
      "organization", "epoch", "opened", "restored-from", "begins", "last-epoch", "last", "recovery-until",
    ]
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == names.count + 2, lines[0] == Self.title else { return nil }
    var values: [String: String] = [:]
    for (name, line) in zip(names, lines.dropFirst()) {
      guard line.hasPrefix("\(name): ") else { return nil }
      values[name] = String(line.dropFirst(name.count + 2))
    }
    guard let organization = values["organization"], let epoch = values["epoch"].flatMap({ Int($0) }),
      let openedAt = values["opened"].flatMap({ Instant($0) }),
      let restoredFrom = values["restored-from"].flatMap({ Instant($0) }),
      let begins = values["begins"].flatMap({ Head($0) }), let lastEpoch = values["last-epoch"].flatMap({ Int($0) }),
      let last = values["last"].flatMap({ Head($0) }),
      let recoveryUntil = values["recovery-until"].flatMap({ Instant($0) })
    else { return nil }
    self.init(
      organization: organization, epoch: epoch, openedAt: openedAt, restoredFrom: restoredFrom, begins: begins,
      lastEpoch: lastEpoch, last: last, recoveryUntil: recoveryUntil)
    guard self.text == text else { return nil }
  }
}

extension EpochStatement.Head {
  fileprivate var text: String { "\(size) \(Base64.encode(root))" }

  fileprivate init?(_ text: String) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, let size = UInt64(parts[0]), let root = Base64.decode(Array(parts[1].utf8)),
      root.count == MerkleTree.hashSize
    else { return nil }
    self.init(size: size, root: root)
  }
}

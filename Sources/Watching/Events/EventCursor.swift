/// Up to where somebody has read the log: an entry's index, and the epoch in which it was read.
///
/// After a restore the log goes on from the backup's end, with other entries at the indexes that follow. An index alone
/// does not tell the two apart.
public struct EventCursor: Hashable, Sendable {
  /// Nil for who knows only an index.
  public var epoch: Int?
  public var index: UInt64

  public init(epoch: Int? = nil, index: UInt64) { (self.epoch, self.index) = (epoch, index) }
}

extension EventCursor: LosslessStringConvertible {
  /// `2.4711`, or `4711` without an epoch.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let index = parts.last.flatMap({ UInt64($0) }), index <= Int64.max
    else { return nil }
    guard parts.count == 2 else {
      self.init(index: index)
      return
    }
    guard let epoch = Int(parts[0]), epoch >= 1 else { return nil }
    self.init(epoch: epoch, index: index)
  }

  public var description: String { epoch.map { "\($0).\(index)" } ?? "\(index)" }
}

/// The log does not go on after what was asked for: it has no such entry, or a restore put others in its place.
public struct NotInLog: Error, Hashable, Sendable {
  /// In which the log is now.
  public let epoch: Int
  /// How many entries it has.
  public let size: UInt64
  /// From where on it differs: the last entry that stayed. Nil where none did, and in an epoch that no restore opened.
  public let after: EventCursor?
}

import WireFormats

/// Something that an operator has to know of, from when it was seen until it is over.
public struct StandingCondition: Hashable, Sendable {
  /// `kind`, or `kind:subject`.
  public var name: String
  public var raisedAt: Instant
  /// JSON, as whoever watches wrote it.
  public var document: [UInt8]

  public init(name: String, raisedAt: Instant, document: [UInt8]) {
    (self.name, self.raisedAt, self.document) = (name, raisedAt, document)
  }
}

/// Something that one target has still to be told.
public struct WaitingNotification: Hashable, Sendable {
  /// Given by the store; the order in which they were queued.
  public var sequence: Int64
  public var target: String
  /// JSON, as it is delivered.
  public var document: [UInt8]
  public var queuedAt: Instant
  /// How often it was tried.
  public var attempts: Int
  public var nextAttemptAt: Instant

  public init(
    sequence: Int64, target: String, document: [UInt8], queuedAt: Instant, attempts: Int, nextAttemptAt: Instant
  ) {
    (self.sequence, self.target, self.document) = (sequence, target, document)
    (self.queuedAt, self.attempts, self.nextAttemptAt) = (queuedAt, attempts, nextAttemptAt)
  }
}

/// The epochs of one log, as its store holds them and the root's certificate bears them out.
public struct EpochHistory: Sendable {
  /// One that a restore opened.
  public struct Epoch: Sendable {
    /// Nil when the stored text cannot be read.
    public let statement: EpochStatement?
    public let number: Int
    /// Whether the root signed it; nil when no root was there to ask.
    public let isSigned: Bool?

    public init(number: Int, statement: String, isSigned: Bool?) {
      (self.number, self.statement, self.isSigned) = (number, EpochStatement(statement), isSigned)
    }
  }

  /// The epoch that the log is in.
  public let current: Int
  public let epochs: [Epoch]

  public init(current: Int, epochs: [Epoch]) {
    (self.current, self.epochs) = (current, epochs.sorted { $0.number < $1.number })
  }

  /// The statement that ended an epoch, by opening a later one.
  func statement(after epoch: Int) -> EpochStatement? {
    epochs.first { $0.number > epoch }?.statement
  }

  func statement(of epoch: Int) -> EpochStatement? { epochs.first { $0.number == epoch }?.statement }

  /// What is wrong with the statements themselves.
  var findings: [AuditFinding] {
    var findings: [AuditFinding] = []
    for epoch in epochs {
      if epoch.statement == nil || epoch.statement?.epoch != epoch.number {
        findings.append(.badEpoch(epoch.number, "its statement cannot be read"))
      }
      if epoch.isSigned == false { findings.append(.badEpoch(epoch.number, "the root did not sign its statement")) }
    }
    if current > 1, epochs.last?.number != current {
      findings.append(.badEpoch(current, "there is no statement of the root that opened it"))
    }
    return findings
  }

  var limits: [String] {
    guard epochs.contains(where: { $0.isSigned == nil }) else { return [] }
    return ["no root certificate was given, so the statements that opened epochs are not known to be the root's"]
  }
}

extension Checkpoint {
  /// The log's name without its epoch, and the epoch; nil for an origin of another form.
  var place: (log: Substring, epoch: Int)? {
    guard let slash = origin.lastIndex(of: "/"), let epoch = Int(origin[origin.index(after: slash)...]) else {
      return nil
    }
    return (origin[..<slash], epoch)
  }
}

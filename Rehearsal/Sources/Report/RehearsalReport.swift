import WireFormats

/// What a rehearsal came to.
public struct RehearsalReport: Sendable {
  let devices: Int
  let sample: Int
  let record: RehearsalRecord
  public let findings: [Finding]
  let facts: WorldFacts
  let seconds: Double

  /// The figure: honest devices that cannot go on.
  public var lost: Int { findings.count { $0.kind == .deviceLost } }
  /// Nothing is wrong.
  public var isClean: Bool { findings.isEmpty }

  /// The last line of a run.
  public var verdict: String {
    isClean
      ? "0 devices lost of \(Figures.count(facts.honest)); \(facts.others) others kept out; "
        + "\(Figures.count(facts.certificates)) certificates, no serial twice, quotas exact, the log verifies"
      : "the rehearsal FAILED with \(findings.count) findings:\n" + findings.map { "  \($0)\n" }.joined()
  }
}

/// What a verification found, and what it could not have found.
public struct AuditReport: Sendable, Hashable {
  /// How many entries were looked at.
  public let entries: UInt64
  /// Of these, how many were erased: only their digest is left, and it still verifies.
  public let erased: UInt64
  /// How many checkpoints agree with the entries.
  public let checkpoints: Int
  /// The root over all entries.
  public let root: [UInt8]
  /// In the order in which they came up, at most `AuditVerification.maximumFindings`.
  public let findings: [AuditFinding]
  /// How many more there were.
  public let omitted: Int
  /// What this verification cannot see, each in a sentence.
  public let limits: [String]

  /// Nothing is wrong as far as could be seen: read `limits`, too.
  public var isClean: Bool { findings.isEmpty }
}

/// What `POST /approvers` and `POST /trust-bundles` take: a note that approvers signed.
public struct SignedStatement: Codable, Hashable, Sendable {
  public var note: String

  public init(note: String) { self.note = note }
}

/// What was taken.
public struct StatementItem: Codable, Hashable, Sendable {
  public var number: Int64
  public var at: String
  public var by: String
  public var note: String

  public init(number: Int64, at: String, by: String, note: String) {
    (self.number, self.at, self.by, self.note) = (number, at, by, note)
  }
}

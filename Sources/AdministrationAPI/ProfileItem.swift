/// One version of a profile.
public struct ProfileItem: Codable, Hashable, Sendable {
  public var name: String
  public var version: Int
  /// YAML, as it was applied.
  public var document: String
  /// SHA-256 of the document, hexadecimal.
  public var digest: String
  public var appliedAt: String
  public var appliedBy: String

  public init(name: String, version: Int, document: String, digest: String, appliedAt: String, appliedBy: String) {
    self.name = name
    self.version = version
    self.document = document
    self.digest = digest
    self.appliedAt = appliedAt
    self.appliedBy = appliedBy
  }

  enum CodingKeys: String, CodingKey {
    case name, version, document, digest
    case appliedAt = "applied_at"
    case appliedBy = "applied_by"
  }
}

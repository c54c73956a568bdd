import WireFormats

/// One version of a profile. All versions stay; the highest is current.
public struct ProfileRecord: Hashable, Sendable {
  public var name: ProfileName
  /// 1, 2, ... without gaps.
  public var version: Int
  /// The YAML text as applied.
  public var document: String
  /// SHA-256 of `document`, 32 octets.
  public var digest: [UInt8]
  public var appliedAt: Instant
  public var appliedBy: String

  public init(
    name: ProfileName, version: Int, document: String, digest: [UInt8], appliedAt: Instant, appliedBy: String
  ) {
    self.name = name
    self.version = version
    self.document = document
    self.digest = digest
    self.appliedAt = appliedAt
    self.appliedBy = appliedBy
  }
}

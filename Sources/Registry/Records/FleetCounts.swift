import WireFormats

/// A count that stops somewhere, so that it costs little however many there are.
public struct Tally: Hashable, Sendable {
  public let count: Int
  /// Whether there may be more.
  public let isAtLeast: Bool

  public init(count: Int, isAtLeast: Bool) { (self.count, self.isAtLeast) = (count, isAtLeast) }
}

/// What one entry of the log counts as.
public struct Activity: Hashable, Sendable {
  /// Ten minutes of counting.
  static let period: Int64 = 600_000
  /// How long counts are kept.
  static let kept = Span.days(32)

  /// The beginning of its ten minutes.
  let since: Instant
  let act: String
  let outcome: String
  /// The refusal's code; empty for what was done.
  let code: String
}

/// How often something was done or refused.
public struct ActivityCount: Hashable, Sendable {
  /// `noun.verb`, for example `certificate.issue`.
  public let act: String
  /// `ok` or `refused`.
  public let outcome: String
  /// The refusal's code; empty for what was done.
  public let code: String
  public let count: Int
}

/// A published list without its octets.
public struct RevocationListTimes: Hashable, Sendable {
  public let authority: AuthorityID
  public let number: Int64
  public let thisUpdate: Instant
  public let nextUpdate: Instant
}

/// How many devices share a state, a product and a profile.
public struct DeviceGroup: Hashable, Sendable {
  public let state: DeviceRecord.State
  public let product: String?
  public let profile: ProfileName
  public let count: Int
}

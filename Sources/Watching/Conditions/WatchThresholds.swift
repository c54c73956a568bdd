import WireFormats

/// From when on something is a condition.
public struct WatchThresholds: Hashable, Sendable {
  /// A certificate that ends within this, with less than a quarter of its life left and no successor.
  public var expiringWithin = Span.days(7)
  /// An authority whose certificate ends within this.
  public var authorityEndsWithin = Span.days(180)
  /// Refusals within 15 minutes, if they are also four times what is usual.
  public var refusals = 30
  /// Percent of the file system that must be free.
  public var diskFreePercent = 5
  /// How much later than planned a CRL may be.
  public var crlLate = Span.hours(1)
  /// A CRL made by hand (a root's) that ends within this.
  public var crlEndsWithin = Span.days(14)

  public init() {}
}

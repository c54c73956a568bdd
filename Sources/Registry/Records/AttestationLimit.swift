import WireFormats

/// How much of a fleet a policy may suspend by itself, and whether it has stopped to ask.
public struct AttestationLimit: Hashable, Sendable {
  public static let `default` = AttestationLimit(percent: 1)
  public static let window = Span.hours(1)

  /// Of the fleet, in `window`; 0 to 100. At least one device, but for 0.
  public var percent: Int
  /// Since when nothing more is suspended; nil while it is.
  public var stoppedAt: Instant?
  /// When an operator last let it go on: what was suspended before does not count.
  public var openedAt: Instant?

  public init(percent: Int, stoppedAt: Instant? = nil, openedAt: Instant? = nil) {
    self.percent = percent
    self.stoppedAt = stoppedAt
    self.openedAt = openedAt
  }

  /// How many of a fleet of this size.
  public func share(of fleet: Int) -> Int {
    guard percent > 0 else { return 0 }
    let product = max(fleet, 0).multipliedReportingOverflow(by: percent)
    return max(1, product.overflow ? fleet : product.partialValue / 100)
  }
}

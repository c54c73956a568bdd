import WireFormats

/// When CRLs are published where nothing is revoked.
public struct CRLSchedule: Hashable, Sendable {
  /// From one CRL to the next.
  public var interval: Span
  /// How long a CRL stays valid after the next is due: what a verifier has left when this server is away.
  public var overlap: Span

  public init(interval: Span = .hours(6), overlap: Span = .hours(18)) {
    (self.interval, self.overlap) = (interval, overlap)
  }

  public func nextUpdate(after thisUpdate: Instant) -> Instant { thisUpdate + interval + overlap }
  public func isDue(_ thisUpdate: Instant, at now: Instant) -> Bool { now >= thisUpdate + interval }

  /// Certificates that expire before this moment are left off a CRL made at `now`.
  ///
  /// RFC 5280 §3.3: "An entry MUST NOT be removed from the CRL until it appears on one regularly scheduled CRL issued
  /// beyond the revoked certificate's validity period." What had expired when the list before this one was made was on
  /// that list. Lists made at once on a revocation are not the scheduled ones, so two intervals are kept as well.
  public func keptAfter(previous: Instant?, at now: Instant) -> Instant {
    guard let previous else { return Instant(seconds: 0) }
    return min(previous, now - interval - interval)
  }
}

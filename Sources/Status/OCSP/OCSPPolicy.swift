import Credentials
import WireFormats

/// How a responder answers.
public struct OCSPPolicy: Hashable, Sendable {
  /// What is said of a serial that was never issued. `good` is not among them.
  public enum NeverIssued: Hashable, Sendable {
    case unknown
    /// RFC 6960 §2.2: revoked as certificateHold at 1970-01-01, with the extended-revoke extension (§4.4.8).
    case revoked
  }

  /// From thisUpdate to nextUpdate, where a profile says nothing else.
  public var lifetime: Span
  /// How long caches on the way may keep an answer.
  public var maxAge: Span
  public var neverIssued: NeverIssued
  public var limits: OCSPRequestLimits
  /// Signatures under way at once for answers that no cache helps with (nonces, several certificates, unknown
  /// serials). Above it, `tryLater`.
  public var concurrentSignatures: Int
  /// The same for answers that go into the cache, counted apart so that nonces cannot starve them.
  public var concurrentCacheFills: Int
  /// Answers kept.
  public var cacheCapacity: Int
  /// The cache is believed for this long after the change sequence was last read; then each answer asks the store.
  public var cacheTrust: Duration

  public init(
    lifetime: Span = .hours(1), maxAge: Span = .minutes(5), neverIssued: NeverIssued = .unknown,
    limits: OCSPRequestLimits = OCSPRequestLimits(), concurrentSignatures: Int = 64, concurrentCacheFills: Int = 64,
    cacheCapacity: Int = 20_000, cacheTrust: Duration = .milliseconds(750)
  ) {
    self.lifetime = lifetime
    self.maxAge = maxAge
    self.neverIssued = neverIssued
    self.limits = limits
    self.concurrentSignatures = concurrentSignatures
    self.concurrentCacheFills = concurrentCacheFills
    self.cacheCapacity = cacheCapacity
    self.cacheTrust = cacheTrust
  }
}

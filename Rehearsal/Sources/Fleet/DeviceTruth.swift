import WireFormats

/// What the simulator knows of a device for certain, against which store and log are held in the end. 40 octets, so that
/// a million take 40 MB.
struct DeviceTruth: Sendable {
  enum Standing: UInt8, Sendable {
    case honest, suspended, revoked, retired
  }

  /// What a person did to it, and when.
  var standing = Standing.honest
  var stoodAt = Instant(seconds: 0)
  /// Switched off, or out of reach, until then.
  var offUntil = Instant(seconds: 0)
  /// Its clock starts in 1970.
  var hasNoClock = false
  /// The grant that let it in; nil for one with a secret of its own.
  var grant: UInt16?
  /// When it wants to renew; nil while it has nothing.
  var renewAt: Instant?
  /// When its certificate ends.
  var endsAt: Instant?
  /// Certificates that it stored.
  var certificates: UInt16 = 0

  func isOff(at now: Instant) -> Bool { now < offUntil }
}

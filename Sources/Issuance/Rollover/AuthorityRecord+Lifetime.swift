import Registry
import WireFormats

extension AuthorityRecord.Purpose {
  /// Ten years; the idevid authority never ends, since its certificates do not.
  func end(from now: Instant) -> Instant { self == .idevid ? .noExpiry : now.wholeSecond + .days(3650) }
}

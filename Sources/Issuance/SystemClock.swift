import Foundation
import WireFormats

/// The time, passed in wherever it matters so that tests and rehearsals can set it.
public typealias Clock = @Sendable () -> Instant

/// The machine's clock.
public let systemClock: Clock = {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
}

import Credentials
import WireFormats

/// What a device knows of the time.
///
/// Many have no battery for their clock and start in 1970. A clock that is behind what the device itself holds is wrong
/// for certain, and dates cannot be judged by it; signatures, names and purposes can. Such a device renews whenever it
/// starts, since it cannot know what is left.
enum DeviceTime: Hashable, Sendable {
  case known(Instant)
  case unknown

  init(clock: Instant, memory: DeviceMemory) {
    self = clock < memory.earliestPresent ? .unknown : .known(clock)
  }

  /// The moment at which a chain is verified: now, or without a clock the first at which all of it was valid.
  func moment(for chain: [Certificate]) -> Instant {
    switch self {
    case .known(let now): now
    case .unknown: chain.map(\.notBefore).max() ?? Instant(seconds: 0)
    }
  }
}

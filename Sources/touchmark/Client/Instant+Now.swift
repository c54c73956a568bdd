import Foundation
import WireFormats

extension Instant {
  /// The machine's clock. Commands show times with it and decide nothing.
  package static var now: Instant { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}

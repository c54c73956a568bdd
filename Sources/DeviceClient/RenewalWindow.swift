import Credentials
import WireFormats

/// When a device renews by itself.
///
/// A random point between two thirds and eleven twelfths of the certificate's life: inside of the window that every
/// built-in profile advises, with a rest for outages, and spread, so that a fleet that was made in a day does not come
/// back in a day.
enum RenewalWindow {
  static func point(of certificate: Certificate, using random: inout some RandomNumberGenerator) -> Instant {
    // IEEE 802.1AR: one that never expires is never renewed.
    guard certificate.notAfter != .noExpiry else { return .noExpiry }
    let life = max((certificate.notAfter - certificate.notBefore).milliseconds, 12)
    return certificate.notBefore + Span(milliseconds: Int64.random(in: life / 3 * 2...life / 12 * 11, using: &random))
  }
}

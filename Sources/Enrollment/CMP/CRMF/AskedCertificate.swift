import Credentials
import Issuance

/// What an ir, cr, kur or p10cr asks for.
struct AskedCertificate: Sendable {
  let requested: RequestedCertificate
  /// The kind of key that is to be made for it (RFC 9483 §4.1.6); nil where the device made its own.
  var keyKind: ServerKeyKind?
}

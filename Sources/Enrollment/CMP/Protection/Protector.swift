import Credentials
import Crypto
import Issuance
import WireFormats

/// Who stands behind a message, as its protection showed.
enum Protector: Sendable {
  /// Nobody: an unprotected message.
  case nobody
  /// A device's serial or a grant's name with the secret that the MAC was made with.
  case secret(name: String, secret: [UInt8], PasswordProtection)
  /// A certificate whose key signed the message, and what was sent along. Who it belongs to is not known yet.
  case certificate(Certificate, chain: [[UInt8]])

  /// What a transaction is bound to: its later messages are protected by whoever began it.
  var identity: [UInt8] {
    switch self {
    case .nobody: []
    case .secret(let name, let secret, _):
      Array(SHA256.hash(data: Array("secret:\(name):".utf8) + EnrollmentSecret.hash(secret)))
    case .certificate(let certificate, _): certificate.fingerprint
    }
  }

  /// For a log line.
  var text: String {
    switch self {
    case .nobody: "nobody"
    case .secret(let name, _, _): name
    case .certificate(let certificate, _): "\(certificate.subject)"
    }
  }
}

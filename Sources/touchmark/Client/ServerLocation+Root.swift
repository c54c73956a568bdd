import Crypto
import Foundation
import WireFormats

extension ServerLocation {
  /// SHA-256 of the root certificate that this client trusts, lower-case hexadecimal: what a device pins.
  func rootFingerprint() throws(CommandFailure) -> String {
    let text = try InputFile.text(rootPath)
    guard let root = PEM.parse(text)?.first else { throw CommandFailure(.noServer, "\(rootPath) is not PEM") }
    return Hex.encode(SHA256.hash(data: root.bytes).map { $0 })
  }
}

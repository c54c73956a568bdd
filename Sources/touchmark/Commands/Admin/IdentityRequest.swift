import Credentials
import Foundation
import WireFormats

/// A request for an administrator's certificate: of a key made here, or of one that is elsewhere.
struct IdentityRequest {
  let pem: String
  private let made: IssuedKey?

  init(name: String, csr: String?) async throws {
    if let csr {
      (pem, made) = (try InputFile.request(csr), nil)
      return
    }
    let key = try IssuedKey(algorithm: .p256)
    let subject = DistinguishedName([.init(type: AttributeType.commonName, value: name)])
    let request = try await key.request(subject: subject)
    (pem, made) = (PEM(label: "CERTIFICATE REQUEST", bytes: request).text, key)
  }

  /// The key is on the disk before anything is issued for it.
  func keep(in files: IdentityFiles) throws(CommandFailure) {
    guard let made else { return }
    try PrivateFile.create(files.key, mode: 0o600, try made.pem())
  }

  /// Nothing was issued for it.
  func discard(_ files: IdentityFiles) {
    if made != nil { unlink(files.key) }
  }
}

import AdministrationAPI
import Foundation
import Issuance
import WireFormats

/// A secure-element maker's manifest: an array of signed entries.
///
/// A fuzzer signs nothing, so that what stands behind a good signature is handed in as it is, too.
enum ManifestInput {
  static func takes(_ bytes: [UInt8]) -> Bool {
    guard let entries = try? JSONDecoder().decode([ManifestBatch.Entry].self, from: Data(bytes)) else { return false }
    return entries.reduce(!entries.isEmpty) { takes($1) && $0 }
  }

  private static func takes(_ entry: ManifestBatch.Entry) -> Bool {
    let signed = SignedSecureElement(
      payload: entry.payload, protected: entry.protected, signature: entry.signature)
    if let signers { _ = try? signed.verified(by: signers, at: time) }
    guard let octets = Base64.decodeURL(entry.payload.utf8),
      let element = try? JSONDecoder().decode(SecureElement.self, from: Data(octets))
    else { return false }
    return (try? element.publicKey("0")) != nil
  }

  /// The authority of the entries in the corpus, which carry their signer's certificate.
  private static let signers = Base64.decode(Array(authority.utf8)).flatMap { try? ManifestSigners([$0]) }
  private static let time = Instant(seconds: 1_800_000_000)
  private static let authority = [
    "MIIBbjCCARSgAwIBAgIUKKS7Q6+YAB8lDRGEeEIX0g0Ow1UwCgYIKoZIzj0EAwIwFTETMBEGA1UEAwwKTWFrZXIgUm9vdDAeFw0y",
    "NjExMjExNDU3MjNaFw00NjAxMjAxNDU3MjNaMBUxEzARBgNVBAMMCk1ha2VyIFJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC",
    "AASP7iNNWXKUJ6Cv7n8CE/hPfrZbonq5UANkTJ+FTWwjsEV61TK54f0x4KP0K6wX9zpUO11erGbzbAG3ULCSBvMKo0IwQDAPBgNV",
    "HRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwICBDAdBgNVHQ4EFgQUHgGokX9YxE0ZZe/KE295iRIvIFUwCgYIKoZIzj0EAwIDSAAw",
    "RQIhAM7R0dSnFYIYg9MsEXsO7hMHVzx8fn79tqK872iAqiMoAiAhOwDwONLfhl61Lw6Zk1wce1eOssGXfDo498979dl9hw==",
  ].joined()
}

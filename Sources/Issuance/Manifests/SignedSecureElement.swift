import Credentials
import WireFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One entry of a secure-element maker's manifest: a JWS in its general form (RFC 7515 §7.2.2), signed with ES256.
public struct SignedSecureElement: Hashable, Sendable {
  /// base64url, as they stand in the file.
  public let payload, protected, signature: String

  public init(payload: String, protected: String, signature: String) {
    (self.payload, self.protected, self.signature) = (payload, protected, signature)
  }

  /// No entry is longer, in octets of its payload's text.
  public static let longest = 64 * 1024

  /// What the entry says, and who signed it: nothing of it is believed before its signature is checked.
  public func verified(
    by signers: ManifestSigners, at now: Instant
  ) throws(ManifestError) -> (element: SecureElement, signer: Certificate) {
    guard payload.utf8.count <= Self.longest, protected.utf8.count <= Self.longest, signature.utf8.count <= 256 else {
      throw ManifestError("it is longer than \(Self.longest) octets")
    }
    let header: ManifestHeader = try Self.decode(protected, "its protected header")
    guard header.algorithm == "ES256" else { throw ManifestError("it is not signed with ES256") }
    guard header.critical.isEmpty else { throw ManifestError("its header demands what is not known here") }
    let signer = try signers.signer(named: header, at: now)
    guard isSigned(by: signer) else { throw ManifestError("its signature is wrong") }
    return (try Self.decode(payload, "its payload"), signer)
  }

  /// RFC 7515 §5.2: over the two texts as they stand, with a dot between; RFC 7518 §3.4: r and s of 32 octets each.
  private func isSigned(by signer: Certificate) -> Bool {
    guard let raw = Base64.decodeURL(signature.utf8), raw.count == 64, let key = signer.publicKey,
      key.algorithm == .p256, let encoded = ECDSASignatureValue.encode(raw: raw)
    else { return false }
    return key.isValidSignature(encoded, over: Array("\(protected).\(payload)".utf8), algorithm: .ecdsaWithSHA256)
  }

  private static func decode<T: Decodable>(_ text: String, _ what: String) throws(ManifestError) -> T {
    guard let octets = Base64.decodeURL(text.utf8), let value = try? JSONDecoder().decode(T.self, from: Data(octets))
    else { throw ManifestError("\(what) cannot be read") }
    return value
  }
}

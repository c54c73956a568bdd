import Credentials
import Crypto
import Issuance
import KeyCustody
import WireFormats

/// Signs what is sent outside, as HTTP Message Signatures (RFC 9421) with an Ed25519 key of the installation.
///
/// A receiver needs nothing secret: it checks with the public key, takes `created` within some minutes of its own clock,
/// and each `nonce` once.
public struct MessageSigner: Sendable {
  private let signer: any Signer
  private let now: Clock

  public init(signer: any Signer, clock: @escaping Clock) { (self.signer, now) = (signer, clock) }

  /// The key in custody, made when it is first asked for.
  public static func signer(in keys: SealedKeyStore) async throws(CustodyError) -> any Signer {
    if keys.names().contains(keyName) { return try keys.signer(named: keyName, purpose: CustodyPurpose.webhook) }
    return try await keys.generated(name: keyName, purpose: CustodyPurpose.webhook, algorithm: .ed25519)
  }

  private static let keyName = "webhook"

  /// PEM, SubjectPublicKeyInfo.
  public var publicKey: String { PEM(label: "PUBLIC KEY", bytes: signer.publicKey.encoded).text }

  /// SHA-256 of the SubjectPublicKeyInfo, hexadecimal.
  public var keyID: String { Hex.encode(Array(SHA256.hash(data: signer.publicKey.encoded))) }

  /// The header fields of a POST, signature included.
  ///
  /// - Parameter id: of what is sent: the same for each attempt, so that a receiver acts once.
  func headers(
    for body: [UInt8], type: String, to address: WebhookAddress, id: String
  ) async throws(SigningError) -> [(String, String)] {
    // RFC 9530 §2: a dictionary with the digest of the content.
    let digest = "sha-256=:\(Base64.encode(Array(SHA256.hash(data: body)))):"
    // RFC 9421 §2.3: created against replay, nonce against replay within that time, alg for whoever wants it said.
    let parameters =
      #"("@method" "@target-uri" "content-digest" "content-type" "touchmark-id");created=\#(now().seconds);"#
      + #"keyid="\#(keyID)";alg="ed25519";nonce="\#(Self.nonce())";tag="touchmark""#
    // RFC 9421 §2.5: one line a component, the parameters last, no line feed at the end.
    let base = [
      #""@method": POST"#, #""@target-uri": \#(address.text)"#, #""content-digest": \#(digest)"#,
      #""content-type": \#(type)"#, #""touchmark-id": \#(id)"#, #""@signature-params": \#(parameters)"#,
    ].joined(separator: "\n")
    let signature = try await signer.sign(Array(base.utf8))
    return [
      ("Content-Type", type), ("Content-Digest", digest), ("Touchmark-Id", id),
      ("Signature-Input", "touchmark=\(parameters)"),
      ("Signature", "touchmark=:\(Base64.encode(signature)):"), ("User-Agent", "touchmark"),
    ]
  }

  static func nonce() -> String { Hex.encode([UInt8].random(count: 16)) }
}

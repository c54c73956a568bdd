import WireFormats

/// RFC 8813 §3, RFC 3279 §2.3.1 and RFC 8410 §5: each kind of key can do only some of the usages, and an Edwards key
/// has to have one that signs.
enum KeyUsageFitsKey: CertificateRule {
  static let name = "key-usage-fits-key"

  static func objection(to facts: CertificateFacts) -> String? {
    guard let usage = facts.extensions.known.keyUsage else { return nil }
    let algorithm = facts.fields.publicKey.algorithm
    let impossible = usage.subtracting(possible(algorithm))
    return impossible.isEmpty ? nil : "\(impossible.names[0]) is nothing that a key of \(algorithm.rawValue) can do"
  }

  private static let signing: KeyUsage = [.digitalSignature, .contentCommitment, .keyCertSign, .cRLSign]

  private static func possible(_ algorithm: KeyAlgorithm) -> KeyUsage {
    switch algorithm {
    case .p256, .p384: signing.union([.keyAgreement, .encipherOnly, .decipherOnly])
    case .ed25519: signing
    case .rsa2048, .rsa3072, .rsa4096: signing.union([.keyEncipherment, .dataEncipherment])
    }
  }
}

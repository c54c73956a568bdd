import WireFormats

/// RFC 5280 §4.2.1.12: a key whose purposes contradict its keyUsage is good for nothing.
enum KeyUsagePurposeConsistency: ExtensionRule {
  static let name = "key-usage-purpose-consistency"

  static func objection(to facts: ExtensionFacts) -> String? {
    guard let usage = facts.known.keyUsage, !facts.isAuthority else { return nil }
    for purpose in facts.known.extendedKeyUsages {
      guard let suitable = consistent[purpose], usage.isDisjoint(with: suitable) else { continue }
      return "\(ExtendedKeyUsage.name(of: purpose)) needs one of \(suitable.names.joined(separator: ", ")) in keyUsage"
    }
    return nil
  }

  private static let consistent: [ObjectIdentifier: KeyUsage] = [
    ExtendedKeyUsage.serverAuth: [.digitalSignature, .keyEncipherment, .keyAgreement],
    ExtendedKeyUsage.clientAuth: [.digitalSignature, .keyAgreement],
    ExtendedKeyUsage.codeSigning: [.digitalSignature],
    ExtendedKeyUsage.emailProtection: [.digitalSignature, .contentCommitment, .keyEncipherment, .keyAgreement],
    ExtendedKeyUsage.timeStamping: [.digitalSignature, .contentCommitment],
    ExtendedKeyUsage.ocspSigning: [.digitalSignature, .contentCommitment],
  ]
}

import WireFormats

/// RFC 6960 §4.2.2.2.1: id-pkix-ocsp-nocheck belongs to a delegated responder's certificate alone.
enum ResponderNoCheck: ExtensionRule {
  static let name = "responder-no-check"

  static func objection(to facts: ExtensionFacts) -> String? {
    guard facts.contains(ExtensionID.ocspNoCheck) else { return nil }
    return facts.known.extendedKeyUsages.contains(ExtendedKeyUsage.ocspSigning)
      ? nil : "ocspNoCheck stands only beside the purpose OCSPSigning"
  }
}

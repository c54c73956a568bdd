import WireFormats

/// RFC 9608 §3: noRevAvail never stands in an authority's certificate, nor beside anything that says where revocation is
/// asked.
enum NoRevocationAvailable: ExtensionRule {
  static let name = "no-revocation-available"

  static func objection(to facts: ExtensionFacts) -> String? {
    guard facts.contains(ExtensionID.noRevAvail) else { return nil }
    guard !facts.isAuthority else { return "noRevAvail must not stand in an authority's certificate" }
    for other in [ExtensionID.crlDistributionPoints, ExtensionID.freshestCRL] where facts.contains(other) {
      return "noRevAvail contradicts \(ExtensionID.name(of: other))"
    }
    return facts.addresses.responders.isEmpty ? nil : "noRevAvail contradicts an OCSP address"
  }
}

import WireFormats

/// RFC 5280 §4.2.1.13 and §4.2.2.1: addresses of CRLs, responders and issuers are absolute URIs that a client can fetch;
/// a distribution point names at least one.
enum StatusAddressSyntax: ExtensionRule {
  static let name = "status-address-syntax"

  static func objection(to facts: ExtensionFacts) -> String? {
    let addresses = facts.addresses
    if facts.contains(ExtensionID.crlDistributionPoints), addresses.revocationLists.isEmpty {
      return "cRLDistributionPoints names no address"
    }
    for address in addresses.revocationLists + addresses.responders + addresses.issuers {
      let scheme = address.prefix { $0 != ":" }.lowercased()
      guard ["http", "https", "ldap", "ldaps"].contains(scheme), URIReference.isAbsolute(address) else {
        return "\(DistinguishedName.escape(address)) is no address that a client can fetch"
      }
    }
    return nil
  }
}

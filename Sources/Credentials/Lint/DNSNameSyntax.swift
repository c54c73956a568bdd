/// RFC 5280 §4.2.1.6: the preferred name syntax of RFC 1034 §3.5 with RFC 1123 §2.1; RFC 6125 §6.4.3 allows `*` as the
/// whole first label.
enum DNSNameSyntax: GeneralNameRule {
  static let name = "dns-name-syntax"

  static func objection(to name: GeneralName) -> String? {
    guard case .dnsName(let text) = name else { return nil }
    let host = text.hasPrefix("*.") ? text.dropFirst(2) : text[...]
    guard DomainName.isValid(host), !host.isEmpty else { return "\(name) is not a domain name" }
    return text.hasPrefix("*.") && !host.contains(".") ? "\(name) stands for a whole top-level domain" : nil
  }
}

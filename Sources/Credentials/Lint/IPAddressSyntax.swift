/// RFC 5280 §4.2.1.6: four octets or sixteen.
enum IPAddressSyntax: GeneralNameRule {
  static let name = "ip-address-syntax"

  static func objection(to name: GeneralName) -> String? {
    guard case .ipAddress(let octets) = name else { return nil }
    return octets.count == 4 || octets.count == 16 ? nil : "an IP address has \(octets.count) octets, not 4 or 16"
  }
}

import WireFormats

/// RFC 5280 appendix A.1: upper bounds in characters, and no attribute is empty.
enum NameLengths: NameRule {
  static let name = "name-lengths"

  static func objection(to name: DistinguishedName) -> String? {
    for attribute in name.attributes {
      guard !attribute.value.isEmpty else { return "\(AttributeType.name(of: attribute.type)) is empty" }
      // No bound is under 64 octets' worth of characters, and no string has more characters than octets.
      guard attribute.value.utf8.count > 64 else { continue }
      let count = attribute.value.unicodeScalars.count
      let bound = bounds[attribute.type] ?? 255
      if count > bound { return "\(AttributeType.name(of: attribute.type)) has \(count) characters, over \(bound)" }
    }
    return nil
  }

  private static let bounds: [ObjectIdentifier: Int] = [
    AttributeType.commonName: 64, AttributeType.serialNumber: 64, AttributeType.organization: 64,
    AttributeType.organizationalUnit: 64, AttributeType.title: 64, AttributeType.locality: 128,
    AttributeType.stateOrProvince: 128, AttributeType.pseudonym: 128, AttributeType.emailAddress: 255,
  ]
}

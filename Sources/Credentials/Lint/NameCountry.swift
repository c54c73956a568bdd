/// RFC 5280 appendix A.1: countryName is the two letters of ISO 3166, in upper case.
enum NameCountry: NameRule {
  static let name = "name-country"

  static func objection(to name: DistinguishedName) -> String? {
    for attribute in name.attributes where attribute.type == AttributeType.country {
      let letters = attribute.value.utf8
      guard letters.count == 2, letters.allSatisfy({ (0x41...0x5A).contains($0) }) else {
        return "C is not the two upper-case letters of a country"
      }
    }
    return nil
  }
}

import WireFormats

/// RFC 5280 §4.1.2.4 and appendix A: PrintableString or UTF8String; PrintableString for serialNumber, country and
/// dnQualifier; IA5String for domainComponent and emailAddress.
enum NameStringTypes: NameRule {
  static let name = "name-string-types"

  static func objection(to name: DistinguishedName) -> String? {
    for attribute in name.attributes {
      guard attribute.isString else { continue }
      switch attribute.tag {
      case DERTag.printableString:
        guard DirectoryString.isPrintable(attribute.value) else {
          return "\(AttributeType.name(of: attribute.type)) has characters that PrintableString lacks"
        }
      case DERTag.utf8String where !printableOnly.contains(attribute.type) && !ia5Only.contains(attribute.type): break
      case DERTag.ia5String where ia5Only.contains(attribute.type) && attribute.value.utf8.allSatisfy { $0 < 0x80 }:
        break
      default: return "\(AttributeType.name(of: attribute.type)) is of a string type that it must not have"
      }
    }
    return nil
  }

  private static let printableOnly = [AttributeType.serialNumber, AttributeType.country, AttributeType.dnQualifier]
  private static let ia5Only = [AttributeType.domainComponent, AttributeType.emailAddress]
}

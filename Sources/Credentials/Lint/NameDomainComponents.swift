/// RFC 4519 §2.4: each domainComponent is one label of a domain.
enum NameDomainComponents: NameRule {
  static let name = "name-domain-components"

  static func objection(to name: DistinguishedName) -> String? {
    for attribute in name.attributes where attribute.type == AttributeType.domainComponent {
      guard DomainName.isLabel(attribute.value[...]) else { return "DC is not one label of a domain" }
    }
    return nil
  }
}

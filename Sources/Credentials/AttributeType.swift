import WireFormats

/// Attribute types of distinguished names (RFC 5280 §4.1.2.4 and appendix A, RFC 4519, RFC 2985).
public enum AttributeType {
  public static let commonName = ObjectIdentifier([2, 5, 4, 3])
  public static let surname = ObjectIdentifier([2, 5, 4, 4])
  public static let serialNumber = ObjectIdentifier([2, 5, 4, 5])
  public static let country = ObjectIdentifier([2, 5, 4, 6])
  public static let locality = ObjectIdentifier([2, 5, 4, 7])
  public static let stateOrProvince = ObjectIdentifier([2, 5, 4, 8])
  public static let street = ObjectIdentifier([2, 5, 4, 9])
  public static let organization = ObjectIdentifier([2, 5, 4, 10])
  public static let organizationalUnit = ObjectIdentifier([2, 5, 4, 11])
  public static let title = ObjectIdentifier([2, 5, 4, 12])
  public static let givenName = ObjectIdentifier([2, 5, 4, 42])
  public static let dnQualifier = ObjectIdentifier([2, 5, 4, 46])
  public static let pseudonym = ObjectIdentifier([2, 5, 4, 65])
  public static let organizationIdentifier = ObjectIdentifier([2, 5, 4, 97])
  public static let userID = ObjectIdentifier([0, 9, 2342, 19_200_300, 100, 1, 1])
  public static let domainComponent = ObjectIdentifier([0, 9, 2342, 19_200_300, 100, 1, 25])
  public static let emailAddress = ObjectIdentifier([1, 2, 840, 113549, 1, 9, 1])

  /// RFC 4514 §3 where it names one, else the descriptor registered for LDAP.
  static let shortNames: [ObjectIdentifier: String] = [
    commonName: "CN", surname: "SN", serialNumber: "serialNumber", country: "C", locality: "L",
    stateOrProvince: "ST", street: "STREET", organization: "O", organizationalUnit: "OU", title: "title",
    givenName: "givenName", dnQualifier: "dnQualifier", pseudonym: "pseudonym",
    organizationIdentifier: "organizationIdentifier", userID: "UID", domainComponent: "DC",
    emailAddress: "emailAddress",
  ]

  /// The type that a short name means in profiles and commands, for example `CN` or `serialNumber`; upper and lower
  /// case do not matter (RFC 4514 §3).
  public static func named(_ name: some StringProtocol) -> ObjectIdentifier? {
    let wanted = name.lowercased()
    return shortNames.first { $0.value.lowercased() == wanted }?.key
  }

  /// A type's short name, or its dotted form where it has none.
  public static func name(of type: ObjectIdentifier) -> String { shortNames[type] ?? type.description }
}

import WireFormats

/// Certificate, CRL and OCSP extensions by their object identifiers.
public enum ExtensionID {
  public static let subjectKeyIdentifier = ObjectIdentifier([2, 5, 29, 14])
  public static let keyUsage = ObjectIdentifier([2, 5, 29, 15])
  public static let subjectAlternativeName = ObjectIdentifier([2, 5, 29, 17])
  public static let issuerAlternativeName = ObjectIdentifier([2, 5, 29, 18])
  public static let basicConstraints = ObjectIdentifier([2, 5, 29, 19])
  public static let crlNumber = ObjectIdentifier([2, 5, 29, 20])
  public static let reasonCode = ObjectIdentifier([2, 5, 29, 21])
  public static let invalidityDate = ObjectIdentifier([2, 5, 29, 24])
  public static let deltaCRLIndicator = ObjectIdentifier([2, 5, 29, 27])
  public static let issuingDistributionPoint = ObjectIdentifier([2, 5, 29, 28])
  public static let nameConstraints = ObjectIdentifier([2, 5, 29, 30])
  public static let crlDistributionPoints = ObjectIdentifier([2, 5, 29, 31])
  public static let certificatePolicies = ObjectIdentifier([2, 5, 29, 32])
  public static let policyMappings = ObjectIdentifier([2, 5, 29, 33])
  public static let authorityKeyIdentifier = ObjectIdentifier([2, 5, 29, 35])
  public static let policyConstraints = ObjectIdentifier([2, 5, 29, 36])
  public static let extendedKeyUsage = ObjectIdentifier([2, 5, 29, 37])
  public static let freshestCRL = ObjectIdentifier([2, 5, 29, 46])
  public static let inhibitAnyPolicy = ObjectIdentifier([2, 5, 29, 54])
  /// RFC 9608 §2.
  public static let noRevAvail = ObjectIdentifier([2, 5, 29, 56])
  public static let authorityInformationAccess = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 1, 1])
  /// RFC 6960 §4.2.2.2.1.
  public static let ocspNoCheck = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 48, 1, 5])
  /// RFC 6960 §4.4.1.
  public static let ocspNonce = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 48, 1, 2])
  /// RFC 7633, status_request in TLS.
  public static let tlsFeature = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 1, 24])

  /// The names that refusals and `profile try` print.
  static let names: [ObjectIdentifier: String] = [
    subjectKeyIdentifier: "subjectKeyIdentifier", keyUsage: "keyUsage",
    subjectAlternativeName: "subjectAltName", issuerAlternativeName: "issuerAltName",
    basicConstraints: "basicConstraints", crlNumber: "cRLNumber", reasonCode: "reasonCode",
    invalidityDate: "invalidityDate", deltaCRLIndicator: "deltaCRLIndicator",
    issuingDistributionPoint: "issuingDistributionPoint", nameConstraints: "nameConstraints",
    crlDistributionPoints: "cRLDistributionPoints", certificatePolicies: "certificatePolicies",
    policyMappings: "policyMappings", authorityKeyIdentifier: "authorityKeyIdentifier",
    policyConstraints: "policyConstraints", extendedKeyUsage: "extKeyUsage", freshestCRL: "freshestCRL",
    inhibitAnyPolicy: "inhibitAnyPolicy", noRevAvail: "noRevAvail",
    authorityInformationAccess: "authorityInfoAccess", ocspNoCheck: "ocspNoCheck", ocspNonce: "ocspNonce",
    tlsFeature: "tlsFeature",
  ]

  /// The name that the standard gives an extension, or its dotted form.
  public static func name(of identifier: ObjectIdentifier) -> String {
    names[identifier] ?? identifier.description
  }
}

/// Key purposes (RFC 5280 §4.2.1.12 and later).
public enum ExtendedKeyUsage {
  public static let any = ObjectIdentifier([2, 5, 29, 37, 0])
  public static let serverAuth = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 1])
  public static let clientAuth = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 2])
  public static let codeSigning = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 3])
  public static let emailProtection = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 4])
  public static let timeStamping = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 8])
  public static let ocspSigning = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 9])
  /// RFC 6402 §2.10: what an EST server's certificate shows.
  public static let cmcRA = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 28])

  static let names: [ObjectIdentifier: String] = [
    any: "any", serverAuth: "serverAuth", clientAuth: "clientAuth", codeSigning: "codeSigning",
    emailProtection: "emailProtection", timeStamping: "timeStamping", ocspSigning: "OCSPSigning", cmcRA: "cmcRA",
  ]

  /// The purpose that a profile's word means, for example `clientAuth`.
  public static func named(_ name: some StringProtocol) -> ObjectIdentifier? { names.first { $0.value == name }?.key }

  /// A purpose's short name, or its dotted form.
  public static func name(of purpose: ObjectIdentifier) -> String { names[purpose] ?? purpose.description }
}

/// Access methods of AuthorityInfoAccess (RFC 5280 §4.2.2.1).
public enum AccessMethod {
  public static let ocsp = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 48, 1])
  public static let caIssuers = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 48, 2])
}

/// Attributes of certification requests (RFC 2985 §5.4).
public enum RequestAttribute {
  public static let challengePassword = ObjectIdentifier([1, 2, 840, 113549, 1, 9, 7])
  public static let extensionRequest = ObjectIdentifier([1, 2, 840, 113549, 1, 9, 14])
  /// RFC 7030 §4.2.2 names it for re-enrollment under another subject (RFC 6402 §2.8).
  public static let changeSubjectName = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 7, 36])
}

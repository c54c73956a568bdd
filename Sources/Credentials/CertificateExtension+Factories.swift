import WireFormats

extension CertificateExtension {
  /// RFC 5280 §4.2.1.9. For an end entity the SEQUENCE is empty, since `cA` is FALSE by default.
  public static func basicConstraints(
    isAuthority: Bool, pathLength: Int? = nil, critical: Bool = true
  ) -> CertificateExtension {
    let value = DERWriter.build {
      $0.sequence {
        guard isAuthority else { return }
        $0.boolean(true)
        if let pathLength { $0.integer(pathLength) }
      }
    }
    return CertificateExtension(identifier: ExtensionID.basicConstraints, critical: critical, value: value)
  }

  /// RFC 5280 §4.2.1.3: SHOULD be critical.
  public static func keyUsage(_ usage: KeyUsage, critical: Bool = true) -> CertificateExtension {
    CertificateExtension(identifier: ExtensionID.keyUsage, critical: critical, value: usage.encoded)
  }

  /// RFC 5280 §4.2.1.12.
  public static func extendedKeyUsage(_ purposes: [ObjectIdentifier], critical: Bool = false) -> CertificateExtension {
    let value = DERWriter.build { $0.sequence { for purpose in purposes { $0.objectIdentifier(purpose) } } }
    return CertificateExtension(identifier: ExtensionID.extendedKeyUsage, critical: critical, value: value)
  }

  /// RFC 5280 §4.2.1.2.
  public static func subjectKeyIdentifier(_ identifier: some Collection<UInt8>) -> CertificateExtension {
    let value = DERWriter.build { $0.octetString(identifier) }
    return CertificateExtension(identifier: ExtensionID.subjectKeyIdentifier, critical: false, value: value)
  }

  /// RFC 5280 §4.2.1.1, by key identifier alone.
  public static func authorityKeyIdentifier(_ identifier: some Collection<UInt8>) -> CertificateExtension {
    let value = DERWriter.build { $0.sequence { $0.primitive(DERTag.context(0), identifier) } }
    return CertificateExtension(identifier: ExtensionID.authorityKeyIdentifier, critical: false, value: value)
  }

  /// RFC 5280 §4.2.1.6: critical when the subject is empty.
  public static func subjectAlternativeName(_ names: [GeneralName], critical: Bool = false) -> CertificateExtension {
    let value = DERWriter.build { $0.sequence { for name in names { name.write(to: &$0) } } }
    return CertificateExtension(identifier: ExtensionID.subjectAlternativeName, critical: critical, value: value)
  }

  /// RFC 5280 §4.2.1.13: a DistributionPoint for each address, which is its full name.
  public static func crlDistributionPoints(_ addresses: [String]) -> CertificateExtension {
    let value = DERWriter.build {
      $0.sequence {
        for address in addresses {
          $0.sequence {
            $0.constructed(DERTag.contextConstructed(0)) {
              $0.constructed(DERTag.contextConstructed(0)) { GeneralName.uri(address).write(to: &$0) }
            }
          }
        }
      }
    }
    return CertificateExtension(identifier: ExtensionID.crlDistributionPoints, critical: false, value: value)
  }

  /// RFC 5280 §4.2.1.13 with a single address.
  public static func crlDistributionPoints(_ address: String) -> CertificateExtension {
    crlDistributionPoints([address])
  }

  /// RFC 5280 §4.2.2.1: where OCSP is asked, and where the issuer's certificate lies.
  public static func authorityInformationAccess(ocsp: [String], issuers: [String]) -> CertificateExtension {
    let value = DERWriter.build {
      $0.sequence {
        for (method, addresses) in [(AccessMethod.ocsp, ocsp), (AccessMethod.caIssuers, issuers)] {
          for address in addresses {
            $0.sequence {
              $0.objectIdentifier(method)
              GeneralName.uri(address).write(to: &$0)
            }
          }
        }
      }
    }
    return CertificateExtension(identifier: ExtensionID.authorityInformationAccess, critical: false, value: value)
  }

  /// RFC 5280 §4.2.1.4, without qualifiers.
  public static func certificatePolicies(_ policies: [ObjectIdentifier]) -> CertificateExtension {
    let value = DERWriter.build {
      $0.sequence { for policy in policies { $0.sequence { $0.objectIdentifier(policy) } } }
    }
    return CertificateExtension(identifier: ExtensionID.certificatePolicies, critical: false, value: value)
  }

  /// RFC 6960 §4.2.2.2.1: NULL, in a delegated responder's certificate.
  public static let ocspNoCheck = CertificateExtension(
    identifier: ExtensionID.ocspNoCheck, critical: false, value: [DERTag.null, 0])

  /// RFC 9608 §2: NULL, never critical.
  public static let noRevAvail = CertificateExtension(
    identifier: ExtensionID.noRevAvail, critical: false, value: [DERTag.null, 0])

  /// Any other extension, its value encoded already.
  public static func raw(_ identifier: ObjectIdentifier, critical: Bool, value: [UInt8]) -> CertificateExtension {
    CertificateExtension(identifier: identifier, critical: critical, value: value)
  }
}

import Credentials
import Testing
import WireFormats

/// Each rule refuses what it is there for, and its neighbor on the right side of the line passes.
@Suite struct LintTests {
  private typealias Attribute = DistinguishedName.Attribute

  private static let good = TestAuthority.deviceExtensions
  private static let odd = ObjectIdentifier([1, 3, 6, 1, 4, 1, 32473, 9])

  /// Extensions that one rule refuses.
  static let extensionCases: [(rule: String, extensions: [CertificateExtension])] = [
    ("extensions-unique", good + [.keyUsage(.digitalSignature)]),
    ("extensions-unique", good + [.authorityKeyIdentifier([1])]),
    ("extensions-reserved", good + [.subjectKeyIdentifier([1])]),
    ("extensions-reserved", good + [.subjectAlternativeName([.dnsName("a.b")])]),
    ("extension-encoding", good + [.raw(odd, critical: false, value: [])]),
    ("extension-encoding", good + [.raw(odd, critical: false, value: [5, 0, 0])]),
    ("extension-encoding", good + [.raw(odd, critical: false, value: [0x30, 3, 4, 2, 0])]),
    ("extension-encoding", good + [.raw(odd, critical: false, value: nested(20))]),
    ("extension-encoding", [.raw(ExtensionID.keyUsage, critical: true, value: [5, 0])]),
    ("extension-encoding", [.raw(ExtensionID.certificatePolicies, critical: false, value: [0x30, 0])]),
    ("extension-encoding", [.raw(ExtensionID.crlDistributionPoints, critical: false, value: [0x30, 0])]),
    ("extension-encoding", [.extendedKeyUsage([])]),
    ("extension-criticality", [.keyUsage(.digitalSignature, critical: false)]),
    ("extension-criticality", [.raw(ExtensionID.noRevAvail, critical: true, value: [5, 0])]),
    ("extension-criticality", [.raw(ExtensionID.nameConstraints, critical: false, value: [0x30, 0])]),
    ("authority-constraints", [.basicConstraints(isAuthority: true, critical: false), .keyUsage(.keyCertSign)]),
    ("authority-key-usage", [.basicConstraints(isAuthority: true)]),
    ("authority-key-usage", [.basicConstraints(isAuthority: true), .keyUsage(.cRLSign)]),
    ("authority-key-usage", [.keyUsage([.digitalSignature, .keyCertSign])]),
    ("authority-key-usage", [.basicConstraints(isAuthority: false), .keyUsage(.keyCertSign)]),
    ("end-entity-extensions", [.raw(ExtensionID.nameConstraints, critical: true, value: [0x30, 2, 0xA0, 0])]),
    ("end-entity-extensions", [.raw(ExtensionID.inhibitAnyPolicy, critical: true, value: [2, 1, 0])]),
    ("key-usage-bits", [.keyUsage([])]),
    ("key-usage-bits", [.keyUsage([.digitalSignature, .encipherOnly])]),
    ("key-usage-bits", [.keyUsage([.keyAgreement, .encipherOnly, .decipherOnly])]),
    (
      "extended-key-usage-purposes",
      [.extendedKeyUsage([ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.clientAuth])]
    ),
    ("extended-key-usage-purposes", [.extendedKeyUsage([ExtendedKeyUsage.any], critical: true)]),
    (
      "key-usage-purpose-consistency",
      [.keyUsage(.contentCommitment), .extendedKeyUsage([ExtendedKeyUsage.clientAuth])]
    ),
    ("key-usage-purpose-consistency", [.keyUsage(.keyAgreement), .extendedKeyUsage([ExtendedKeyUsage.codeSigning])]),
    ("time-stamping-purpose", [.extendedKeyUsage([ExtendedKeyUsage.timeStamping])]),
    (
      "time-stamping-purpose",
      [.extendedKeyUsage([ExtendedKeyUsage.timeStamping, ExtendedKeyUsage.clientAuth], critical: true)]
    ),
    ("policies-unique", [.certificatePolicies([odd, odd])]),
    ("no-revocation-available", [.noRevAvail, .crlDistributionPoints("http://a.example/c")]),
    ("no-revocation-available", [.noRevAvail, .authorityInformationAccess(ocsp: ["http://a.example"], issuers: [])]),
    ("no-revocation-available", [.noRevAvail, .basicConstraints(isAuthority: true), .keyUsage(.keyCertSign)]),
    ("responder-no-check", [.ocspNoCheck]),
    ("responder-no-check", [.ocspNoCheck, .extendedKeyUsage([ExtendedKeyUsage.clientAuth])]),
    ("status-address-syntax", [.crlDistributionPoints("a.example/c")]),
    ("status-address-syntax", [.crlDistributionPoints("ftp://a.example/c")]),
    ("status-address-syntax", [.authorityInformationAccess(ocsp: ["http://"], issuers: [])]),
    ("status-address-syntax", [.authorityInformationAccess(ocsp: [], issuers: ["http://a b/"])]),
    (
      "name-constraints-subtrees",
      [
        .basicConstraints(isAuthority: true), .keyUsage(.keyCertSign),
        .raw(ExtensionID.nameConstraints, critical: true, value: [0x30, 0]),
      ]
    ),
  ]

  private static func nested(_ depth: Int) -> [UInt8] {
    (0..<depth).reduce([5, 0]) { value, _ in DERWriter.build { $0.sequence { $0.raw(value) } } }
  }

  @Test(arguments: extensionCases.indices) func templateRules(index: Int) throws {
    let (rule, extensions) = Self.extensionCases[index]
    let root = try TestAuthority("Root")
    #expect(throws: LintFailure.self) { try root.template(extensions) }
    do { _ = try root.template(extensions) } catch { #expect(error.rule == rule, "\(error)") }
    // The same rules hold where a certificate brings its own extensions.
    let bare = try root.template([])
    #expect(Self.failure(of: bare, TestAuthority.fields(extensions: extensions))?.rule == rule)
  }

  @Test(
    arguments: [
      [], good, [.noRevAvail],
      [.ocspNoCheck, .keyUsage(.digitalSignature), .extendedKeyUsage([ExtendedKeyUsage.ocspSigning])],
      [.basicConstraints(isAuthority: true, pathLength: 0), .keyUsage([.keyCertSign, .cRLSign])],
      [.keyUsage([.keyAgreement, .decipherOnly])], [.extendedKeyUsage([ExtendedKeyUsage.any])],
      [.extendedKeyUsage([ExtendedKeyUsage.timeStamping], critical: true)],
      [.raw(odd, critical: true, value: nested(10))],
      [.crlDistributionPoints("ldap://a.example/cn=x")], [.crlDistributionPoints("http://127.0.0.1:8080/crl/a.crl")],
      [.crlDistributionPoints("http://[::1]:8080/crl/a.crl")],
    ] as [[CertificateExtension]])
  func templatesThatPass(extensions: [CertificateExtension]) throws {
    let root = try TestAuthority("Root")
    #expect(throws: Never.self) { try root.template(extensions) }
  }

  // MARK: - What varies

  private static func failure(of template: CertificateTemplate, _ fields: CertificateFields) -> LintFailure? {
    do throws(LintFailure) {
      _ = try template.prepare(fields)
      return nil
    } catch {
      return error
    }
  }

  private static func subject(_ type: ObjectIdentifier, _ value: String) -> DistinguishedName {
    DistinguishedName([.init(type: type, value: value)])
  }

  /// Subjects that one rule refuses, or none.
  static let subjectCases: [(rule: String?, type: ObjectIdentifier, value: String)] = [
    (nil, AttributeType.commonName, String(repeating: "é", count: 64)),
    ("name-lengths", AttributeType.commonName, String(repeating: "a", count: 65)),
    ("name-lengths", AttributeType.commonName, ""),
    (nil, AttributeType.serialNumber, String(repeating: "7", count: 64)),
    ("name-lengths", AttributeType.serialNumber, String(repeating: "7", count: 65)),
    ("name-lengths", AttributeType.organizationalUnit, String(repeating: "u", count: 65)),
    (nil, AttributeType.locality, String(repeating: "l", count: 128)),
    ("name-lengths", AttributeType.locality, String(repeating: "l", count: 129)),
    ("name-lengths", odd, String(repeating: "x", count: 256)),
    ("name-string-types", AttributeType.serialNumber, "PUMP_7"),
    ("name-string-types", AttributeType.serialNumber, "PÜMP"),
    (nil, AttributeType.serialNumber, "A-z 0'()+,./:=?"),
    ("name-string-types", AttributeType.dnQualifier, "*"),
    ("name-string-types", AttributeType.domainComponent, "é"),
    (nil, AttributeType.country, "DE"),
    ("name-country", AttributeType.country, "de"),
    ("name-country", AttributeType.country, "DEU"),
    ("name-country", AttributeType.country, "D1"),
    ("name-characters", AttributeType.commonName, "pump\u{0}7"),
    ("name-characters", AttributeType.commonName, "pump\n7"),
    ("name-characters", AttributeType.commonName, "pump\u{7F}"),
    ("name-characters", AttributeType.commonName, "pump\u{9B}31m7"),
    ("name-whitespace", AttributeType.commonName, " pump"),
    ("name-whitespace", AttributeType.commonName, "pump "),
    ("name-whitespace", AttributeType.commonName, "pump\u{A0}"),
    (nil, AttributeType.commonName, "pump 7"),
    (nil, AttributeType.domainComponent, "example"),
    ("name-domain-components", AttributeType.domainComponent, "a.example"),
    ("name-domain-components", AttributeType.domainComponent, "-a"),
    ("subject-email-in-alternative-names", AttributeType.emailAddress, "a@b.example"),
    ("subject-differs-from-issuer", AttributeType.commonName, "Root"),
  ]

  @Test(arguments: subjectCases.indices) func subjects(index: Int) throws {
    let (rule, type, value) = Self.subjectCases[index]
    let fields = TestAuthority.fields(subject: Self.subject(type, value))
    #expect(Self.failure(of: try TestAuthority("Root").template(), fields)?.rule == rule)
  }

  static let nameCases: [(rule: String?, name: GeneralName)] = [
    (nil, .dnsName("pump-7.example")), (nil, .dnsName("localhost")), (nil, .dnsName("*.pumps.example")),
    (nil, .dnsName("7.example")), (nil, .dnsName(String(repeating: "a", count: 63) + ".example")),
    ("dns-name-syntax", .dnsName("")), ("dns-name-syntax", .dnsName(" ")), ("dns-name-syntax", .dnsName("a b")),
    ("dns-name-syntax", .dnsName("pump_7.example")), ("dns-name-syntax", .dnsName(".example")),
    ("dns-name-syntax", .dnsName("a..b")), ("dns-name-syntax", .dnsName("a.b.")), ("dns-name-syntax", .dnsName("-a.b")),
    ("dns-name-syntax", .dnsName("a-.b")), ("dns-name-syntax", .dnsName("*")), ("dns-name-syntax", .dnsName("*.com")),
    ("dns-name-syntax", .dnsName("a.*.b")), ("dns-name-syntax", .dnsName("p*.b.c")),
    ("dns-name-syntax", .dnsName("é.b")),
    ("dns-name-syntax", .dnsName("a\u{0}.b")), ("dns-name-syntax", .dnsName(String(repeating: "a", count: 64) + ".b")),
    ("dns-name-syntax", .dnsName(String(repeating: "a.", count: 127))),
    ("dns-name-syntax", .dnsName(String(repeating: "abcd.", count: 50) + "abcd")),
    (nil, .ipAddress([10, 0, 0, 7])), ("ip-address-syntax", .ipAddress([10, 0, 0])),
    ("ip-address-syntax", .ipAddress([10, 0, 0, 0, 255, 255, 255, 0])),
    (nil, .uri("urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8")), (nil, .uri("https://pump-7.example:8443/a?b#c%20")),
    (nil, .uri("spiffe://acme.example/pump/7")), (nil, .uri("http://[2001:db8::1]:80/")),
    (nil, .uri("coap://10.0.0.7")),
    ("uri-syntax", .uri("")), ("uri-syntax", .uri("/relative")), ("uri-syntax", .uri("http:")),
    ("uri-syntax", .uri("http://")), ("uri-syntax", .uri("7http://a")), ("uri-syntax", .uri("http://a b")),
    ("uri-syntax", .uri("http://a/%g0")), ("uri-syntax", .uri("http://a/%2")), ("uri-syntax", .uri("http://a:x/")),
    ("uri-syntax", .uri("http://user@a/")), ("uri-syntax", .uri("http://a/\u{0}")), ("uri-syntax", .uri("http://[::1")),
    ("uri-syntax", .uri("http://é.example/")), ("uri-syntax", .uri("http://a:123456/")),
    ("uri-syntax", .uri("http://[10.0.0.7]/")),
    (nil, .email("ops+pump@acme.example")), ("email-syntax", .email("ops")), ("email-syntax", .email("@acme.example")),
    ("email-syntax", .email("ops@")), ("email-syntax", .email("a@b@c")), ("email-syntax", .email("a b@c.d")),
    ("email-syntax", .email(".a@b.c")), ("email-syntax", .email("a@b..c")), ("email-syntax", .email("\"a\"@b.c")),
    ("email-syntax", .email(String(repeating: "a", count: 65) + "@b.c")),
    (nil, .directoryName(TestAuthority.subject())), ("general-name-form", .directoryName(.empty)),
    ("name-country", .directoryName(subject(AttributeType.country, "xx"))),
    (nil, .otherName(odd, [0x0C, 1, 0x61])), ("general-name-form", .otherName(odd, [0x0C, 2, 0x61])),
    ("general-name-form", .other(tag: 0xA5, [])), (nil, .registeredID(odd)),
  ]

  @Test(arguments: nameCases.indices) func alternativeNames(index: Int) throws {
    let (rule, name) = Self.nameCases[index]
    let found = Self.failure(of: try TestAuthority("Root").template(), TestAuthority.fields(names: [name]))
    #expect(found?.rule == rule, "\(name)")
  }

  /// Cases that need more than one value; each states the rule that refuses, or none.
  private static func otherCases() throws -> [(rule: String?, failure: LintFailure?)] {
    let root = try TestAuthority("Root")
    let now = TestAuthority.now
    func check(
      _ rule: String?, _ fields: CertificateFields, limits: LintLimits = LintLimits(),
      extensions: [CertificateExtension] = good
    ) throws -> (String?, LintFailure?) {
      (rule, failure(of: try root.template(extensions, limits: limits), fields))
    }
    func fields(_ change: (inout CertificateFields) throws -> Void) rethrows -> CertificateFields {
      var fields = TestAuthority.fields()
      try change(&fields)
      return fields
    }
    let week = LintLimits(maximumValidity: .days(7))
    let forever = LintLimits(neverExpires: true)
    let eternal = try TestAuthority("Eternal", limits: forever, notAfter: .noExpiry)
    let unkeyed = try CertificateTemplate(
      issuer: root.name, issuerKeyIdentifier: nil, signatureAlgorithm: .ecdsaWithSHA256, issuerNotAfter: nil,
      extensions: good)
    let authority: [CertificateExtension] = [.basicConstraints(isAuthority: true), .keyUsage(.keyCertSign)]
    let twoValues = try DistinguishedName(
      parsing: DERWriter.build {
        $0.sequence {
          $0.constructed(DERTag.set) {
            for value in ["a", "b"] {
              $0.sequence {
                $0.objectIdentifier(AttributeType.commonName)
                $0.utf8String(value)
              }
            }
          }
        }
      })
    let teletex = try DistinguishedName(
      parsing: DERWriter.build {
        $0.sequence {
          $0.constructed(DERTag.set) {
            $0.sequence {
              $0.objectIdentifier(AttributeType.commonName)
              $0.primitive(DERTag.teletexString, [0x61])
            }
          }
        }
      })
    var cases: [(String?, LintFailure?)] = []
    cases.append(try check(nil, fields { _ in }))
    for (hex, rule) in [("01020304050607", "serial-number-length"), ("0102030405060708", nil)] as [(String, String?)] {
      cases.append(try check(rule, fields { $0.serial = try #require(SerialNumber(hex: hex)) }))
    }
    cases.append(try check("validity-order", fields { $0.notAfter = $0.notBefore }))
    cases.append(try check("validity-order", fields { $0.notAfter = $0.notBefore + Span(milliseconds: 999) }))
    cases.append(try check(nil, fields { $0.notAfter = $0.notBefore + .seconds(1) }))
    cases.append(try check("validity-encoding", fields { $0.notBefore = Instant(seconds: -631_152_001) }))
    cases.append(try check("validity-limit", fields { $0.notAfter = now + .days(7) }, limits: week))
    cases.append(try check(nil, fields { $0.notAfter = $0.notBefore + .days(7) }, limits: week))
    cases.append(try check("never-expires", fields { _ in }, limits: forever))
    cases.append(try check("never-expires", fields { $0.notAfter = .noExpiry }))
    cases.append(try check("issuer-outlived", fields { $0.notAfter = .noExpiry }, limits: forever))
    cases.append((nil, failure(of: try eternal.template(limits: forever), fields { $0.notAfter = .noExpiry })))
    cases.append(try check("issuer-outlived", fields { $0.notAfter = root.certificate.notAfter + .seconds(1) }))
    cases.append(try check(nil, fields { $0.notAfter = root.certificate.notAfter }))
    cases.append(try check("key-algorithm-allowed", fields { _ in }, limits: LintLimits(keyAlgorithms: [.p384])))
    let encipherment: [CertificateExtension] = [.keyUsage([.digitalSignature, .keyEncipherment])]
    cases.append(try check("key-usage-fits-key", fields { _ in }, extensions: encipherment))
    cases.append(try check(nil, fields { $0.publicKey = TestKey.rsa.publicKey }, extensions: encipherment))
    let agreement: [CertificateExtension] = [.keyUsage([.digitalSignature, .keyAgreement])]
    cases.append(
      try check("key-usage-fits-key", fields { $0.publicKey = TestKey.rsa.publicKey }, extensions: agreement))
    let edwards = try TestKey(.ed25519).publicKey
    cases.append(try check("key-usage-fits-key", fields { $0.publicKey = edwards }, extensions: agreement))
    cases.append(try check(nil, fields { _ in }, extensions: agreement))
    cases.append(("authority-key-identifier-presence", failure(of: unkeyed, fields { _ in })))
    cases.append(try check("subject-presence", fields { $0.subject = .empty }))
    cases.append(
      try check(
        nil,
        fields {
          $0.subject = .empty
          $0.subjectAlternativeNames = [.dnsName("a.b")]
        }))
    cases.append(
      try check(
        "subject-presence",
        fields {
          $0.subject = .empty
          $0.subjectAlternativeNames = [.dnsName("a.b")]
        }, extensions: authority))
    cases.append(
      try check(
        "subject-alternative-names-unique",
        fields { $0.subjectAlternativeNames = [.dnsName("a.b"), .email("a@b.c"), .dnsName("a.b")] }))
    cases.append(
      try check(
        nil,
        fields {
          $0.subject = subject(AttributeType.emailAddress, "a@b.example")
          $0.subjectAlternativeNames = [.email("a@b.example")]
        }))
    cases.append(try check("name-attributes-unique", fields { $0.subject = twoValues }))
    cases.append(try check("name-string-types", fields { $0.subject = teletex }))
    do throws(LintFailure) {
      _ = try CertificateTemplate(
        issuer: .empty, issuerKeyIdentifier: [1], signatureAlgorithm: .ed25519, issuerNotAfter: nil, extensions: good)
    } catch {
      cases.append(("issuer-presence", error))
    }
    return cases
  }

  @Test func otherRules() throws {
    for (index, (rule, failure)) in try Self.otherCases().enumerated() {
      #expect(failure?.rule == rule, "case \(index): \(failure?.description ?? "passed")")
    }
  }

  /// A rule without a case here would be a rule that nobody has seen refuse.
  @Test func everyRuleHasACase() throws {
    let seen =
      Self.extensionCases.map { $0.rule } + Self.subjectCases.compactMap { $0.rule }
      + Self.nameCases.compactMap { $0.rule }
      + (try Self.otherCases()).compactMap { $0.rule }
    #expect(Set(seen) == Set(LintRules.names))
    #expect(Set(LintRules.names).count == LintRules.names.count)
  }
}

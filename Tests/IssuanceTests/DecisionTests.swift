import Credentials
import Issuance
import Registry
import TestKit
import Testing
import WireFormats

/// May they? Every refusal of the deciding function, by its rule.
@Suite struct DecisionTests {
  static let now = Instant(seconds: 1_800_000_000)

  static func context(
    _ text: String = BuiltInProfiles.texts[1], at now: Instant = now, door: Door = .est, isRenewal: Bool = false,
    isDemonstration: Bool = false
  ) throws -> DecisionContext {
    DecisionContext(
      profile: try ProfileDocument.parse(text), organization: "Example Works",
      addresses: Addresses(publicHTTP: "http://pki.example.com", isDemonstration: isDemonstration),
      authorityNotAfter: now + .days(3650), now: now, door: door, isRenewal: isRenewal)
  }

  static let operatorApplicant = Applicant(
    right: .administrator(Actor(name: "Ada", role: .operator, fingerprint: [1])), device: nil, certificates: [])

  func refusal(
    _ request: CertificationRequest, by applicant: Applicant = operatorApplicant, in context: DecisionContext
  ) throws -> Refusal {
    try #require(#expect(throws: Refusal.self) { try Decision.decide(request, by: applicant, in: context) })
  }

  @Test func anOperationalCertificateNamesTheSerialTwiceAndLastsSevenDays() async throws {
    let request = try await TestDevice("PUMP-1").request()
    let decision = try Decision.decide(request, by: Self.operatorApplicant, in: Self.context())
    #expect(decision.subject.values(of: AttributeType.serialNumber) == ["PUMP-1"])
    #expect(decision.subject.values(of: AttributeType.commonName) == ["PUMP-1"])
    #expect(decision.notBefore == Self.now - .hours(1))
    #expect(decision.notAfter == Self.now + .days(7))
  }

  @Test func nothingOutlivesItsIssuer() async throws {
    let request = try await TestDevice("PUMP-1").request()
    let profile = try ProfileDocument.parse(BuiltInProfiles.texts[1])
    let context = DecisionContext(
      profile: profile, organization: "Example Works",
      addresses: Addresses(publicHTTP: "http://pki.example.com", isDemonstration: false),
      authorityNotAfter: Self.now + .days(2), now: Self.now, door: .est, isRenewal: false)
    #expect(try Decision.decide(request, by: Self.operatorApplicant, in: context).notAfter == Self.now + .days(2))
  }

  @Test func aDemonstrationRefusesWhatOutlivesNinetyDaysAndNamesTheSetting() async throws {
    let request = try await TestDevice("PUMP-1").request()
    let refusal = try refusal(request, in: Self.context(BuiltInProfiles.texts[0], isDemonstration: true))
    #expect(refusal.rule == "public-http")
    #expect(refusal.hint?.contains("--public-http") == true)
  }

  @Test(arguments: [
    (KeyUsage.keyEncipherment, "key-usage"), (KeyUsage.keyCertSign, "key-usage"),
  ])
  func aUsageThatTheProfileDoesNotGiveIsRefused(_ usage: KeyUsage, _ rule: String) async throws {
    let request = try await TestDevice("PUMP-1").request(extensions: [.keyUsage([.digitalSignature, usage])])
    #expect(try refusal(request, in: Self.context()).rule == rule)
  }

  static let unwanted: [(CertificateExtension, String)] = [
    (.extendedKeyUsage([ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 1])]), "extended-key-usage"),
    (.extendedKeyUsage([ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 28])]), "extended-key-usage"),
    (.basicConstraints(isAuthority: true, pathLength: nil), "basic-constraints"),
    (.subjectAlternativeName([.dnsName("pump.example.com")]), "subject-alternative-name"),
    (.subjectKeyIdentifier([1, 2, 3]), "subject-key-identifier"),
    (.ocspNoCheck, "extension"),
  ]

  @Test(arguments: unwanted.indices)
  func whatAProfileDoesNotGiveIsRefusedByName(_ index: Int) async throws {
    let (asked, rule) = Self.unwanted[index]
    let request = try await TestDevice("PUMP-1").request(extensions: [asked])
    #expect(try refusal(request, in: Self.context()).rule == rule)
  }

  @Test func aSubjectThatSaysSomethingElseIsRefused() async throws {
    let subject = DistinguishedName([
      .init(type: AttributeType.commonName, value: "PUMP-1"), .init(type: AttributeType.organization, value: "Evil"),
    ])
    let request = try await TestDevice("PUMP-1").request(subject: subject)
    #expect(try refusal(request, in: Self.context()).rule == "subject")
  }

  @Test func aClosedDoorIsNamed() async throws {
    let request = try await TestDevice("PUMP-1").request()
    #expect(try refusal(request, in: Self.context(door: .scep)).rule == "protocols")
  }

  @Test(arguments: [Actor.Role.station, .auditor])
  func onlyAdministratorsAndOperatorsSignRequests(_ role: Actor.Role) async throws {
    let request = try await TestDevice("PUMP-1").request()
    let applicant = Applicant(
      right: .administrator(Actor(name: "Eve", role: role, fingerprint: [2])), device: nil, certificates: [])
    #expect(try refusal(request, by: applicant, in: Self.context()).code == .forbidden)
  }
}

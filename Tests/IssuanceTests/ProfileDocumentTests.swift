import Credentials
import Issuance
import Registry
import Testing
import WireFormats

@Suite struct ProfileDocumentTests {
  static let least = """
    name: pump
    authority: operational
    subject:
      - commonName: "{serial}"
    keys: [P-256]
    validity: 7d
    key-usage: [digitalSignature]
    ask: [secret]
    protocols: [est]
    """

  @Test func theLeastProfileHasTheDefaultsThatAreDocumented() throws {
    let profile = try ProfileDocument.parse(Self.least)
    #expect(profile.name.rawValue == "pump")
    #expect(profile.backdate == .hours(1))
    #expect(profile.renewal == Profile.Renewal(window: .days(1), grace: .days(0), early: true, allowed: true))
    #expect(profile.statesCRL && profile.statesOCSP && !profile.noRevocationAvailable)
    #expect(profile.keepsDevice)
    #expect(profile.doors == [.est])
  }

  @Test func extensionsOfItsOwnAreTakenAsTheyAre() throws {
    let text = Self.least + "\nextensions:\n  - {oid: 1.3.6.1.4.1.55555.1, critical: true, value: BAQBAgME}\n"
    let made = try ProfileDocument.parse(text).extensions
    let identifier = try #require(ObjectIdentifier(dotted: "1.3.6.1.4.1.55555.1"))
    #expect(made == [CertificateExtension(identifier: identifier, critical: true, value: [4, 4, 1, 2, 3, 4])])
  }

  @Test(arguments: BuiltInProfiles.texts + [BuiltInProfiles.lab])
  func everyBuiltInProfileParses(_ text: String) throws {
    _ = try ProfileDocument.parse(text)
  }

  @Test(arguments: [
    ("keys: [P-256]", "keys: [P-192]", 5, 8, "'P-192' is not one of"),
    ("keys: [P-256]", "keys: []", 5, 7, "at least one key algorithm"),
    ("keys: [P-256]", "keys: [P-256, P-256]", 5, 15, "stands twice"),
    ("validity: 7d", "validity: 7", 6, 11, "a time such as"),
    ("validity: 7d", "validity: never", 6, 11, "only the idevid authority"),
    ("validity: 7d", "validity: 1s", 6, 11, "between 5m and 100y"),
    ("authority: operational", "authority: installation", 2, 12, "is not one of"),
    ("authority: operational", "authority: root", 2, 12, "is not one of"),
    ("key-usage: [digitalSignature]", "key-usage: [keyCertSign]", 7, 13, "is not one of"),
    ("protocols: [est]", "protocols: [est]\nbackdat: 1h", 10, 1, "'backdat' is not known here"),
    ("protocols: [est]", "protocols: [est]\nname: other", 1, 1, "twice"),
    ("protocols: [est]", "protocols: [est]\nextended-key-usage: [1.3.6.1.5.5.7.3.28]", 10, 22, "is kept for"),
    ("protocols: [est]", "protocols: [est]\npolicies: [1.2.3, 1.2.3]", 10, 19, "stands twice"),
    ("protocols: [est]", "protocols: [est]\nhonor: [subject]", 1, 7, "and not both"),
    ("protocols: [est]", "protocols: [est]\ndevice: false", 1, 7, "keep no device"),
    ("protocols: [est]", "protocols: [est]\nrenewal: {window: 1d, frace: 2d}", 10, 23, "'frace' is not known"),
    ("protocols: [est]", "protocols: [est]\nrenewal: {window: 1d, window: 2d}", 10, 11, "'window' stands twice"),
    ("protocols: [est]", "protocols: [est]\nbackdate: 1h\nbackdate: 2h", 10, 1, "'backdate' stands twice"),
    ("protocols: [est]", "protocols: [est]\nrevocation: {crl: false, ocsp: false}", 10, 13, "noRevAvail"),
    ("- commonName: \"{serial}\"", "- commonName: \"{serail}\"", 4, 17, "placeholders are"),
    ("- commonName: \"{serial}\"", "- nickname: \"{serial}\"", 4, 5, "is not one of"),
    ("name: pump", "name: installation-administrator", 1, 7, "the installation's own"),
    ("name: pump", "nam: pump", 1, 1, "'nam' is not known here"),
    ("validity: 7d", "", 1, 1, "'validity' is missing"),
    ("name: pump", "name: \"\\u0001\"", 1, 7, "a profile's name"),
    ("protocols: [est]", "protocols: [est]\nextensions: [{oid: 2.5.29.15, value: BQA=}]", 10, 20, "other keys"),
    ("protocols: [est]", "protocols: [est]\nextensions: [{oid: 1.2.3.4, value: BQ==}]", 10, 36, "not one DER element"),
    ("protocols: [est]", "protocols: [est]\nextensions: [{oid: 1.2.3.4, value: '*'}]", 10, 36, "DER in base64"),
    ("protocols: [est]", "protocols: [est]\nextensions: [{oid: 1.2.3.4}]", 10, 14, "'value' is missing"),
  ])
  func whatIsWrongIsRefusedWithItsPlace(
    _ part: String, _ change: String, _ line: Int, _ column: Int, _ words: String
  ) throws {
    let text = Self.least.replacing(part, with: change)
    let error = #expect(throws: ProfileError.self) { try ProfileDocument.parse(text) }
    let found = try #require(error)
    #expect(found.reason.contains(words), "\(found)")
    #expect(found.line == line && found.column == column, "\(found)")
  }

  @Test(arguments: [
    "", "- a", "[[[[", "a: &x [1]\nb: *x", "name: \"unclosed", String(repeating: "[", count: 9000),
    String(repeating: "- ", count: 4000), String(repeating: "a", count: 20_000), "\u{0}", "? a\n? b",
  ])
  func hostileTextIsRefusedAndNeverTraps(_ text: String) {
    #expect(throws: ProfileError.self) { try ProfileDocument.parse(text) }
  }

  @Test func everyTruncationOfAProfileIsHandled() throws {
    let octets = Array(BuiltInProfiles.lab.utf8)
    for length in 0..<octets.count {
      _ = try? ProfileDocument.parse(String(decoding: octets[..<length], as: UTF8.self))
    }
  }
}

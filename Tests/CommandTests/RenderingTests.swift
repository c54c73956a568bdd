import AdministrationAPI
import Testing
import WireFormats
import touchmark

@Suite struct RenderingTests {
  static let pump = DeviceItem(
    id: "d-1", serial: "PUMP-7", manufacturer: "", kind: "device", profile: "operational", product: "pump",
    hardwareRevision: nil, lot: "L42", labels: ["site": "Graz", "batch": "42"], state: "active", stateReason: nil,
    stateBy: nil, stateAt: nil, registeredAt: "2026-11-21T08:00:00Z", registeredBy: "Ada",
    lastContactAt: "2026-11-21T08:01:02Z", lastContactDoor: "est", renewalDueAt: "2026-11-26T08:00:00Z")

  static let hostile = DeviceItem(
    id: "d-2", serial: "E\u{1B}[31mVIL,\"x\"", manufacturer: "", kind: "device", profile: "operational", labels: [:],
    state: "registered", registeredAt: "2026-11-21T08:00:00Z", registeredBy: "Ada")

  func list(_ items: [DeviceItem], _ format: OutputFormat, pageSize: Int = 1) throws -> String {
    var text = ""
    var printer = ListPrinter(DeviceItem.columns, format: format) { text += $0 }
    for start in stride(from: 0, to: items.count, by: pageSize) {
      try printer.add(Array(items[start..<min(start + pageSize, items.count)]))
    }
    printer.finish()
    return text
  }

  @Test func aTableIsAligned() throws {
    #expect(
      try list([Self.pump, Self.hostile], .table, pageSize: 2) == """
        SERIAL         STATE       PROFILE      PRODUCT  LOT  LAST CONTACT AT   RENEWAL DUE AT    LABELS
        PUMP-7         active      operational  pump     L42  2026-11-21 08:01  2026-11-26 08:00  batch=42 site=Graz
        E [31mVIL,"x"  registered  operational

        """)
  }

  @Test func anEmptyTableIsNothing() throws { #expect(try list([], .table).isEmpty) }

  @Test func jsonIsOneArrayOverPages() throws {
    let text = try list([Self.pump, Self.hostile], .json)
    #expect(text.hasPrefix("[\n  {\"hardware") == false)
    #expect(text.hasPrefix("[\n  {"))
    #expect(text.hasSuffix("}\n]\n"))
    #expect(text.split(separator: "\n").count == 4)
    #expect(try list([], .json) == "[]\n")
  }

  @Test func jsonLinesAreAnObjectEach() throws {
    let lines = try list([Self.pump, Self.pump], .jsonl).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix("{\"id\":\"d-1\",\"kind\":\"device\",\"labels\":{\"batch\":\"42\",\"site\":\"Graz\"}"))
  }

  @Test func csvQuotesAndKeepsEveryColumn() throws {
    let lines = try list([Self.hostile], .csv).split(separator: "\r\n")
    #expect(
      lines == [
        "serial,manufacturer,kind,state,profile,product,hardware_revision,lot,last_contact_at,last_contact_door,"
          + "renewal_due_at,expires_at,labels,state_reason,registered_at,registered_by,id",
        "\"E\u{1B}[31mVIL,\"\"x\"\"\",,device,registered,operational,,,,,,,,,,2026-11-21T08:00:00Z,Ada,d-2",
      ])
    #expect(try list([], .csv).hasPrefix("serial,"))
  }

  @Test func aDeviceTellsItsStory() {
    let history = [
      AuditItem(
        index: 3, at: "2026-11-21T08:00:00Z", actor: "Ada", door: "rest", act: "device.add", subject: "device:d-1",
        outcome: "ok", details: ["profile": "operational v1"], leaf: ""),
      AuditItem(
        index: 4, at: "2026-11-21T08:01:02Z", actor: "device:d-1", door: "est", act: "certificate.issue",
        subject: "certificate:0a1b", outcome: "ok", details: ["profile": "operational"], leaf: ""),
      AuditItem(
        index: 9, at: "2026-11-21T09:00:00Z", actor: "device:d-1", door: "est", act: "certificate.issue",
        subject: "device:d-1", outcome: "refused", reason: "the secret is used up", details: [:], leaf: ""),
      AuditItem(
        index: 12, at: "2026-11-21T10:00:00Z", actor: "administrator:Ada", door: "rest", act: "device.suspend",
        subject: "device:d-1", outcome: "ok", reason: "stolen", details: [:], leaf: ""),
      AuditItem(
        index: 13, at: "2026-11-21T10:05:00Z", actor: "administrator:Ada", door: "rest", act: "certificate.revoke",
        subject: "device:d-1", outcome: "ok", details: ["serial_number": "0a1b", "reason": "keyCompromise"], leaf: ""),
    ]
    let certificate = CertificateItem(
      serialNumber: "0a1b", authority: "a", subject: "CN=PUMP-7", device: "PUMP-7", profile: "operational",
      profileVersion: 1, notBefore: "2026-11-21T07:01:02Z", notAfter: "2026-11-28T08:01:02Z",
      issuedAt: "2026-11-21T08:01:02Z", status: "held", door: "est", principal: "secret", fingerprint: "",
      keyOrigin: "software", pem: "")
    let detail = DeviceDetail(device: Self.pump, certificates: [certificate], history: history)
    #expect(
      DeviceText.render(detail) == """
        PUMP-7: active device
          profile       operational
          product       pump
          lot           L42
          labels        batch=42 site=Graz
          last contact  2026-11-21 08:01, EST
          renewal due   2026-11-26 08:00
          id            d-1

        certificates
          0a1b  held  operational  2026-11-21 07:01 to 2026-11-28 08:01

        history
          2026-11-21 08:00  registered by Ada, profile operational v1
          2026-11-21 08:01  enrolled over EST, certificate 0a1b, profile operational
          2026-11-21 09:00  was refused a certificate over EST: the secret is used up
          2026-11-21 10:00  suspended by Ada: stolen
          2026-11-21 10:05  lost its certificate, certificate 0a1b by Ada: keyCompromise

        """)
  }

  @Test func aTrialNamesTheRule() {
    let refused = Trial(
      wouldIssue: false, subjectAlternativeNames: [], extensions: [], rule: "key-algorithm",
      reason: "RSA-2048 is not allowed")
    #expect(
      ProfileText.render(refused, profile: "pump") == """
        pump would refuse
          rule    key-algorithm
          reason  RSA-2048 is not allowed

        """)
  }

  @Test(arguments: [
    ("2026-11-21T08:00:30Z", "2026-11-21 08:00"), ("9999-12-31T23:59:59Z", "never"), ("soon", "soon"),
  ]) func momentsAreShownToTheMinute(_ pair: (String, String)) {
    #expect(ReadableTime.minute(pair.0) == pair.1)
  }

  @Test(arguments: [
    (0, "now"), (59, "now"), (61, "in 1 minute"), (7200, "in 2 hours"), (-86_400, "1 day ago"), (864_000, "in 10 days"),
  ]) func distancesAreTheLargestUnit(_ pair: (Int64, String)) {
    let now = Instant(seconds: 1_800_000_000)
    #expect(ReadableTime.distance(to: now + .seconds(pair.0), from: now) == pair.1)
  }
}

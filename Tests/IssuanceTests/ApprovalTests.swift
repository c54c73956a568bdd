import AuditLog
import Credentials
import Issuance
import Registry
import TestKit
import Testing
import WireFormats

/// An organization whose profiles a test changes.
struct DoorBench {
  let installation: TestInstallation

  init() async throws { installation = try await TestInstallation() }

  var organization: OrganizationID { installation.organization }
  var enrollment: EnrollmentService { installation.enrollment }

  /// Puts another version of a built-in profile in force, with these lines at its end.
  func profile(_ name: String, adding lines: String) async throws {
    let text = try #require(BuiltInProfiles.texts.first { $0.hasPrefix("name: \(name)\n") })
    _ = try await ProfileService(
      store: installation.store, roster: installation.roster, clock: installation.clock.now
    ).apply(text + "\n" + lines + "\n", named: nil, isDryRun: false, by: .installation)
  }

  @discardableResult
  func run<Outcome>(_ act: AdministrativeAct<Outcome>) async throws -> Outcome {
    try await Administration(
      store: installation.store, organization: organization, clock: installation.clock.now
    ).perform(act, by: .installation, through: .rest)
  }

  func add(_ serial: String, lot: String? = nil) async throws -> EnrollmentSecret {
    try await run(DeviceService().add(DeviceRegistration(serial: serial, profile: "operational", lot: lot))).secret
  }

  func ask(
    _ device: TestDevice, _ credential: Credential, isRenewal: Bool = false, label: String? = nil,
    extensions: [CertificateExtension] = []
  ) async throws -> EnrollmentRequest {
    EnrollmentRequest(
      request: try await device.request(extensions: extensions), credential: credential, door: .est,
      label: label.flatMap { ProfileName(rawValue: $0) }, isRenewal: isRenewal, address: "192.0.2.1")
  }

  func refusal(_ request: EnrollmentRequest) async throws -> Refusal {
    try #require(await #expect(throws: Refusal.self) { _ = try await enrollment.enroll(request) })
  }

  func entries(_ act: String) async throws -> [AuditEntry] {
    let organization = organization
    return try await installation.store.read {
      try $0.auditEntries(after: nil, limit: 1000, subject: nil, in: organization)
    }.compactMap(\.entry).map { try AuditEntry(decoding: $0) }.filter { $0.act == act }
  }
}

extension Credential {
  static func of(_ serial: String, _ secret: EnrollmentSecret) -> Credential {
    .secret(name: serial, secret: Array(secret.text.utf8))
  }
}

/// TRUST.md, Enrollment: an approval binds the request's digest, and standing is looked up again when issuing.
@Suite struct ApprovalTests {
  @Test func aRequestWaitsAndTheSameRequestGetsTheCertificateOnceApproved() async throws {
    let bench = try await DoorBench()
    try await bench.profile("operational", adding: "approval: required")
    let (secret, device) = (try await bench.add("PUMP-1"), try TestDevice("PUMP-1"))
    let first = try await bench.refusal(bench.ask(device, .of("PUMP-1", secret)))
    #expect(first.code == .pendingApproval && first.retryAfter == 60)
    let id = try #require(first.pendingRequest).rawValue
    // The client may sign its request anew: it asks for the same.
    #expect(try await bench.refusal(bench.ask(device, .of("PUMP-1", secret))).pendingRequest?.rawValue == id)
    #expect(try await bench.entries("request.add").count == 1)
    try await bench.run(RequestService().approve(id, reason: "seen on the bench"))
    let issued = try await bench.enrollment.enroll(bench.ask(device, .of("PUMP-1", secret)))
    let again = try await bench.enrollment.enroll(bench.ask(device, .of("PUMP-1", secret)))
    #expect(again.repeated && again.certificate == issued.certificate)
    let entry = try #require(try await bench.entries("certificate.issue").last { $0.details["device"] == "PUMP-1" })
    #expect(entry.details["request"] == id)
    #expect(entry.details["approved_by"] == "administrator:touchmark")
    let organization = bench.organization
    let kept = try await bench.installation.store.read {
      try $0.pendingRequests(matching: nil, after: nil, limit: 9, in: organization).items
    }
    #expect(kept.map(\.state) == [.issued] && kept.first?.certificate == issued.serial)
  }

  @Test func whatElseIsAskedForNeedsAnApprovalOfItsOwn() async throws {
    let bench = try await DoorBench()
    try await bench.profile("operational", adding: "approval: required")
    let (secret, device) = (try await bench.add("PUMP-1"), try TestDevice("PUMP-1"))
    let first = try await bench.refusal(bench.ask(device, .of("PUMP-1", secret)))
    try await bench.run(RequestService().approve(try #require(first.pendingRequest).rawValue))
    // Another key, and another usage.
    let other = try await bench.refusal(bench.ask(TestDevice("PUMP-1"), .of("PUMP-1", secret)))
    #expect(other.code == .pendingApproval && other.pendingRequest != first.pendingRequest)
    let usage = try await bench.refusal(
      bench.ask(device, .of("PUMP-1", secret), extensions: [.keyUsage(.digitalSignature)]))
    #expect(usage.code == .pendingApproval && usage.pendingRequest != first.pendingRequest)
    // Another version of the profile, too.
    try await bench.profile("operational", adding: "approval: required\npolicies: [1.2.3.4]")
    #expect(try await bench.refusal(bench.ask(device, .of("PUMP-1", secret))).code == .pendingApproval)
  }

  @Test func aDeniedRequestIsRefusedInTheOperatorsWords() async throws {
    let bench = try await DoorBench()
    try await bench.profile("operational", adding: "approval: required")
    let (secret, device) = (try await bench.add("PUMP-1"), try TestDevice("PUMP-1"))
    let id = try #require(
      try await bench.refusal(bench.ask(device, .of("PUMP-1", secret))).pendingRequest
    ).rawValue
    try await bench.run(RequestService().deny(id, reason: "not one of ours"))
    let refused = try await bench.refusal(bench.ask(device, .of("PUMP-1", secret)))
    #expect(refused.code == .forbidden && refused.reason.contains("not one of ours"))
    for act in [RequestService().approve(id), RequestService().deny(id)] {
      let twice = await #expect(throws: Refusal.self) { try await bench.run(act) }
      #expect(twice?.code == .conflict)
    }
    // After a week it is as if it had not been asked; the secret outlives it here by nothing.
    bench.installation.clock.advance(by: .days(6))
    #expect(try await bench.refusal(bench.ask(device, .of("PUMP-1", secret))).code == .forbidden)
  }

  @Test func standingIsLookedUpAgain() async throws {
    let bench = try await DoorBench()
    try await bench.profile("operational", adding: "approval: required")
    let (secret, device) = (try await bench.add("PUMP-1"), try TestDevice("PUMP-1"))
    let id = try #require(
      try await bench.refusal(bench.ask(device, .of("PUMP-1", secret))).pendingRequest
    ).rawValue
    try await bench.run(RequestService().approve(id))
    try await bench.run(DeviceService().suspend(DeviceReference(serial: "PUMP-1"), reason: nil))
    #expect(try await bench.refusal(bench.ask(device, .of("PUMP-1", secret))).code == .suspended)
    try await bench.run(DeviceService().resume(DeviceReference(serial: "PUMP-1"), reason: nil))
    #expect(try await !bench.enrollment.enroll(bench.ask(device, .of("PUMP-1", secret))).repeated)
  }

  @Test func renewalsWaitOnlyWhereTheProfileSaysAlways() async throws {
    for (approval, waits) in [("required", false), ("always", true)] {
      let bench = try await DoorBench()
      let (secret, device) = (try await bench.add("PUMP-1"), try TestDevice("PUMP-1"))
      let issued = try await bench.enrollment.enroll(bench.ask(device, .of("PUMP-1", secret)))
      try await bench.profile("operational", adding: "approval: \(approval)")
      let renewal = try await bench.ask(
        TestDevice("PUMP-1"), .certificate(issued.certificate, chain: []), isRenewal: true)
      let outcome = try? await bench.enrollment.enroll(renewal)
      #expect((outcome == nil) == waits)
      guard waits else { continue }
      let id = try #require(try await bench.refusal(renewal).pendingRequest).rawValue
      try await bench.run(RequestService().approve(id))
      let renewed = try await bench.enrollment.enroll(renewal)
      let again = try await bench.enrollment.enroll(renewal)
      #expect(again.repeated && again.serial == renewed.serial)
    }
  }

  @Test func whoeverCouldApproveIsNotAskedTwice() async throws {
    let bench = try await DoorBench()
    try await bench.profile("operational", adding: "approval: required")
    let request = EnrollmentRequest(
      request: try await TestDevice("PUMP-1").request(), credential: .administrator(.installation), door: .rest,
      label: ProfileName(rawValue: "operational"), isRenewal: false, address: "192.0.2.1")
    #expect(try await !bench.enrollment.enroll(request).repeated)
  }

  @Test func oneOwnerCannotFillTheListAndWhatExpiresIsSwept() async throws {
    let bench = try await DoorBench()
    try await bench.profile("operational", adding: "approval: required")
    let secret = try await bench.add("PUMP-1")
    for _ in 0..<16 {
      #expect(
        try await bench.refusal(bench.ask(TestDevice("PUMP-1"), .of("PUMP-1", secret))).code == .pendingApproval)
    }
    let over = try await bench.refusal(bench.ask(TestDevice("PUMP-1"), .of("PUMP-1", secret)))
    #expect(over.code == .throttled && over.retryAfter == 3600)
    bench.installation.clock.advance(by: .days(8))
    try await ExpirySweep(
      store: bench.installation.store, organization: bench.organization, clock: bench.installation.clock.now
    ).sweep()
    let organization = bench.organization
    let left = try await bench.installation.store.read { try $0.countPendingRequests(of: nil, in: organization) }
    #expect(left == 0)
    #expect(try await bench.entries("request.expire").count == 16)
  }

  /// Many at once with one approval: one certificate.
  @Test func anApprovalIsUsedOnce() async throws {
    let bench = try await DoorBench()
    let (secret, device) = (try await bench.add("PUMP-1"), try TestDevice("PUMP-1"))
    let issued = try await bench.enrollment.enroll(bench.ask(device, .of("PUMP-1", secret)))
    try await bench.profile("operational", adding: "approval: always")
    let renewal = try await bench.ask(
      TestDevice("PUMP-1"), .certificate(issued.certificate, chain: []), isRenewal: true)
    try await bench.run(
      RequestService().approve(try #require(try await bench.refusal(renewal).pendingRequest).rawValue))
    let serials = await withTaskGroup(of: SerialNumber?.self) { group in
      for _ in 0..<8 { group.addTask { try? await bench.enrollment.enroll(renewal).serial } }
      return await group.reduce(into: Set<SerialNumber>()) { if let serial = $1 { $0.insert(serial) } }
    }
    #expect(serials.count == 1)
  }
}

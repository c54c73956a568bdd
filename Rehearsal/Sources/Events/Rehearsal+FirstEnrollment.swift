import DeviceClient
import Issuance
import Registry
import WireFormats

/// A grant of the rehearsal with what it must have counted in the end.
struct RehearsedGrant: Sendable {
  let name: GrantName
  let secret: String
  let uses: Int
  /// Those that it let in after a backup which was restored: their certificates are taken back as nobody's grant's.
  var lost = 0
}

/// The first day: profiles, grants, secrets, and the whole fleet enrolling over a network that loses answers.
extension Rehearsal {
  private static let grants = 8
  /// Those with a secret of their own: a file brings them in, and another one has the secrets.
  private var single: Int { min(50, options.devices / 10) }

  /// As the built-in one, but with a life that lets a year and more pass in a rehearsal. The grace is TRUST.md's.
  static let profile = """
    name: operational
    description: what a device shows from day to day (LDevID), renewed by the device itself
    authority: operational
    subject:
      - serialNumber: "{serial}"
      - commonName: "{serial}"
    keys: [P-256]
    validity: 120d
    backdate: 1h
    renewal: {window: 40d, grace: 90d, early: true}
    key-usage: [digitalSignature]
    extended-key-usage: [clientAuth]
    ask: [secret, grant, certificate, administrator]
    protocols: [est, rest, command]
    """

  func firstEnrollment() async throws {
    fleet.late = fleet.draw(0.02, purpose: 3)
    for device in fleet.late { fleet.truths[device].offUntil = World.start + .days(100_000) }
    let unpacked = fleet.draw(1, purpose: 4)
    try await event("first enrollment, answers lost", devices: unpacked.count) {
      try await nameApprovers()
      try await person.apply(profile: Self.profile)
      try await makeGrants()
      try await makeSecrets()
      let tally = try await fleet.round(unpacked, faults: .bad)
      expect(tally.renewed == unpacked.count, "\(unpacked.count - tally.renewed) devices did not enroll")
      try await world.keepUp()
      record.sample(day: day, fleet: fleet, renewed: tally.renewed)
      return "\(fleet.lostAnswers) answers lost after the commit, \(fleet.powerCuts) devices cut off while waiting"
    }
  }

  private func makeGrants() async throws {
    let many = options.devices - single
    for number in 0..<Self.grants {
      let uses = many / Self.grants + (number < many % Self.grants ? 1 : 0)
      let terms = GrantTerms(profile: "operational", uses: max(uses, 1), lifetime: .days(365))
      let given = try await person.perform(GrantService().add(terms))
      grants.append(RehearsedGrant(name: given.grant.name, secret: given.secret.text, uses: max(uses, 1)))
    }
    for device in single..<options.devices {
      let grant = (device - single) % Self.grants
      fleet.truths[device].grant = UInt16(grant)
      try manufacture(device, name: grants[grant].name.rawValue, secret: grants[grant].secret)
    }
  }

  private func makeSecrets() async throws {
    let lines = (0..<single).map { device in
      DeviceImportLine(
        number: device + 1, registration: DeviceRegistration(serial: Fleet.serial(device), profile: "operational"))
    }
    let imported = try await person.perform(DeviceService().importing(lines))
    expect(imported.added == single, "\(single - imported.added) devices were not imported")
    for device in 0..<single { try manufacture(device, name: Fleet.serial(device), secret: "") }
    let invited = try await person.invite(where: "state=registered")
    expect(invited.count == single, "\(single - invited.count) devices have no secret")
    for device in invited { try giveSecret(device) }
  }

  /// As whoever sets up the device does it; one that has a certificate needs none.
  func giveSecret(_ invited: InvitedDevice) throws {
    guard let device = (0..<single).first(where: { Fleet.serial($0) == invited.device.serial }) else { return }
    var memory = try fleet.flash.load(device, serial: invited.device.serial)
    guard memory.identity == nil else { return }
    memory.secret = .init(name: invited.device.serial, secret: invited.secret.text)
    try fleet.flash.store(memory, of: device)
  }

  private func manufacture(_ device: Int, name: String, secret: String) throws {
    var random = fleet.random(1, device)
    fleet.truths[device].hasNoClock = Double.random(in: 0..<1, using: &random) < 0.05
    try fleet.flash.store(
      DeviceMemory(
        serial: Fleet.serial(device), roots: [world.root], secret: .init(name: name, secret: secret)), of: device)
  }

  /// More devices than a grant lets in: all its uses are gone, so each is refused.
  func intruders() async throws {
    let transport = InProcessTransport(est: world.serving.est, presence: world.presence)
    for (number, grant) in grants.enumerated() {
      var random = fleet.random(2, number)
      var memory = DeviceMemory(serial: "INTRUDER-\(number)", roots: [world.root])
      memory.secret = .init(name: grant.name.rawValue, secret: grant.secret)
      var client = DeviceClient(memory: memory)
      let rest = await client.settle(over: transport, at: world.now, using: &random)
      expect(rest == .refused(status: 403), "grant \(grant.name) let one more in: \(rest)")
    }
  }
}

extension DeviceClient {
  /// Drives a client whose memory nobody keeps, until it rests.
  mutating func settle(
    over transport: some Transport, at clock: Instant, using random: inout some RandomNumberGenerator
  ) async -> Rest {
    var event = Event.wake
    while true {
      switch handle(event, at: clock, using: &random) {
      case .keep: event = .kept
      case .send(let message):
        event = await transport.exchange(message, of: memory, at: clock).map { .answered($0) } ?? .unanswered
      case .rest(_, let why): return why
      }
    }
  }
}

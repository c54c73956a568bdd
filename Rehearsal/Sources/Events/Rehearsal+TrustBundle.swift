import Approval
import Credentials
import DeviceClient
import Issuance
import KeyCustody
import Registry
import WireFormats

/// Trust bundles, and what they are for: a root whose key is in the wrong hands.
extension Rehearsal {
  private static let persons = ["ann", "ben", "cyd"]
  private var end: Instant { world.now + .days(3650) }

  /// Before the first device is made: each approver makes a key and signs the first document, which goes into devices.
  func nameApprovers() async throws {
    let organization = world.serving.organization.rawValue
    let named = try Approvers(Self.persons, of: organization, until: end)
    for _ in Self.persons { try await person.command {} }  // each makes a key, on the own machine
    let text = try await person.command { named.document.text }
    let note = try await signed(text, by: Self.persons, with: named)
    _ = try await person.perform(TrustBundleService().install(approvers: note))
    approvers = named
    fleet.bundles = BundleTaking(organization: organization, first: named.document)
  }

  /// The usual one, after a succession: devices that are new, or come back, need no chain of NewWithOld any more.
  func publishFirstBundle() async throws {
    let devices = fleet.truths.count { $0.standing == .honest && !$0.isOff(at: world.now) }
    try await event("a trust bundle published", devices: devices) {
      let roots = world.serving.roster.current.certificates(of: [.operational], at: world.now).filter(Self.isRoot)
      firstBundle = try await publish(1, roots: roots)
      let taken = try await look(for: 1)
      return "\(Figures.count(taken)) devices took it, \(roots.count) roots, as signed by two of three approvers"
    }
  }

  /// A thief has the root's key. A third of the fleet is off, and comes back to a root that it has never heard of.
  func replaceCompromisedRoot(until last: Int64) async throws {
    let away = leave(1.0 / 3, days: last - day, purpose: 334)
    let honest = fleet.truths.count { $0.standing == .honest }
    try await event("the root compromised, a third off", devices: honest) {
      try await live(until: day + Self.step)
      let thief = try steal()
      try await expectBelief(in: thief, true, of: fleet.draw(1, purpose: 41))
      try await carryOut { try await $0.succeed(isCompromised: true, by: Operator.actor, through: .rest) }
      try await exchangeApprover()
      let root = world.serving.roster.current.root?.certificate ?? []
      try await refuseWhatIsNotApproved(root)
      _ = try await publish(2, roots: [root])
      let taken = try await look(for: 2)
      try await expectBelief(in: thief, false, of: fleet.draw(1, purpose: 41))
      try await live(until: last - 1)
      try await pass(to: last)
      let tally = try await fleet.round(away)
      expect(tally.renewed + tally.notDue == away.count, "\(tally.refused + tally.unanswered) of those away are lost")
      try await expectBelief(in: thief, false, of: away)
      return "\(Figures.count(taken)) devices took a trust bundle with the new root alone at once, "
        + "\(Figures.count(away.count)) when they came back; none believes a server of whoever has the old root's key"
    }
  }

  private static func isRoot(_ encoded: [UInt8]) -> Bool {
    guard let certificate = try? Certificate(parsing: encoded), let key = certificate.publicKey else { return false }
    return certificate.isSelfIssued && certificate.isSigned(by: key)
  }

  /// Somebody drafts it, two approvers sign it, one of them puts the signatures together, an administrator carries it.
  private func publish(_ number: Int64, roots: [[UInt8]]) async throws -> String {
    guard let approvers else { throw Refusal(.notFound, "there are no approvers") }
    let bundle = try await person.command { approvers.bundle(number, roots: roots, until: end) }
    let persons = Array(approvers.document.approvers.map(\.person).suffix(Approvers.threshold))
    let note = try await signed(bundle.text, by: persons, with: approvers)
    _ = try await person.perform(TrustBundleService().publish(note))
    return note
  }

  private func signed(_ text: String, by persons: [String], with approvers: Approvers) async throws -> String {
    for _ in persons { try await person.command {} }  // each signs, on the own machine
    return try await person.command { try approvers.sign(text, by: persons) }
  }

  /// One of them has left. Devices know the first document alone and find the second by it.
  private func exchangeApprover() async throws {
    guard var next = approvers else { return }
    try await person.command { try next.replace("ann", by: "eve") }
    let text = try await person.command { next.document.text }
    let note = try await signed(text, by: ["ben", "cyd", "eve"], with: next)
    _ = try await person.perform(TrustBundleService().install(approvers: note))
    approvers = next
  }

  /// Neither the server nor a device takes what one person signed alone, nor what was signed before.
  private func refuseWhatIsNotApproved(_ root: [UInt8]) async throws {
    guard let approvers, let bundles = fleet.bundles, let first = firstBundle else { return }
    let bundle = approvers.bundle(2, roots: [root], until: end)
    let address = InProcessAddress(serving: world.serving)
    for note in [try approvers.sign(bundle.text, by: ["ben"]), first] {
      do {
        _ = try await world.serving.administration.perform(
          TrustBundleService().publish(note), by: Operator.actor, through: .rest)
        expect(false, "the server published a bundle that is not approved, or is an old one")
      } catch {}
      let believed = await bundles.believed(note, held: 1, from: address, at: world.now)
      expect(believed == nil, "a device took a bundle that is not approved, or is an old one")
    }
  }

  /// Every device that is on looks for a bundle, as it does each day; how many hold it then.
  private func look(for number: Int64) async throws -> Int {
    let on = fleet.draw(1, purpose: 42)
    let tally = try await fleet.round(on)
    expect(tally.refused + tally.unanswered + tally.busy == 0, "devices that took a trust bundle were refused")
    let taken = try on.count { try fleet.flash.load($0, serial: Fleet.serial($0)).bundle == number }
    expect(taken == on.count, "\(on.count - taken) devices did not take trust bundle \(number)")
    return taken
  }

  private func steal() throws -> Thief {
    guard let record = world.serving.roster.current.root else { throw Refusal(.notFound, "there is no root") }
    for custody in [WorldFolder.Custody.root, .successor] {
      let store = try world.place.open(custody)
      guard store.names().contains(record.id.rawValue) else { continue }
      return try Thief(
        of: try Certificate(parsing: record.certificate),
        key: try store.signer(named: record.id.rawValue, purpose: "authority"), at: world.now)
    }
    throw Refusal(.notFound, "the root's key is nowhere")
  }

  private func expectBelief(in thief: Thief, _ expected: Bool, of devices: [Int]) async throws {
    let other = try devices.count {
      thief.isBelieved(by: try fleet.flash.load($0, serial: Fleet.serial($0)), at: world.now) != expected
    }
    expect(
      other == 0, "\(other) devices \(expected ? "do not know the root" : "believe whoever has the old root's key")")
  }
}

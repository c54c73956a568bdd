import DeviceClient
import Foundation
import Issuance
import Registry
import WireFormats

/// A fleet's worst days, one after another, in one run: the real rooms of the authority, a simulated fleet whose every
/// device has the client logic of a real one, and a clock that is set by hand where years must pass.
public final class Rehearsal {
  public struct Options: Sendable {
    public var devices: Int
    public var seed: UInt64
    /// Where the authority's files lie; removed afterwards.
    public var folder: String
    /// Told of each event as it ends.
    public var tell: @Sendable (String) -> Void

    public init(devices: Int, seed: UInt64 = 1, folder: String, tell: @Sendable @escaping (String) -> Void = { _ in }) {
      self.devices = devices
      self.seed = seed
      self.folder = folder
      self.tell = tell
    }
  }

  let options: Options
  let world: World
  let fleet: Fleet
  let person: Operator
  var grants: [RehearsedGrant] = []
  /// Who says which roots devices trust, and what they said first.
  var approvers: Approvers?
  var firstBundle: String?
  var record = RehearsalRecord()

  public init(_ options: Options) async throws {
    self.options = options
    world = try await World(in: options.folder)
    // Real connections cost milliseconds each; two hundred devices show that the logic is the same.
    let sample = max(10, min(200, options.devices / 50))
    fleet = try Fleet(world: world, devices: options.devices, sample: sample, seed: options.seed)
    person = Operator(world)
  }

  /// All events, then the audit of the world. Findings are in the report; it throws only what stops it.
  public func run() async throws -> RehearsalReport {
    let began = ContinuousClock.now
    try await openDoor()
    try await live()
    let findings = try await audit()
    try await closeDoor()
    return RehearsalReport(
      devices: options.devices, sample: fleet.sample, record: record, findings: record.failed + findings,
      facts: try await WorldFacts.read(world, fleet), seconds: (ContinuousClock.now - began).inSeconds)
  }

  /// Its first day alone: what a test of the audit needs.
  package func firstDay() async throws {
    try await firstEnrollment()
    try await standing()
  }

  /// What the audit finds wrong with the world as it is now.
  package func audit() async throws -> [Finding] {
    try await Audit(world: world, fleet: fleet, grants: grants).findings()
  }

  /// What the events found wrong so far.
  package var failures: [Finding] { record.failed }
  package var store: SQLiteStore { world.serving.store }
  package var flash: DeviceFlash { fleet.flash }

  public func end() async {
    try? await closeDoor()
    await world.end()
    world.place.remove()
  }

  /// The order of events. Days are counted from the founding.
  private func live() async throws {
    try await firstEnrollment()
    try await standing()
    try await live(until: 75)
    let away60 = leave(0.05, days: 60, purpose: 60)
    let away400 = leave(0.05, days: 400, purpose: 400)
    try await lostAnswers(until: 90)
    try await fullDisk()
    try await absence(ofADay: 100)
    try await comeBack(away60, after: 60)
    try await live(until: 180)
    try await restore(after: 15)
    try await live(until: 240)
    try await renewAuthorities(until: 330)
    try await succeedRoot(until: 420)
    try await publishFirstBundle()
    try await comeBackBeyondGrace(away400, after: 400)
    try await replaceCompromisedRoot(until: day + 30)
    try await lastRenewal()
  }

  func openDoor() async throws { fleet.door = try await HTTPDoor.open(world) }

  func reopenDoor() async throws {
    try await closeDoor()
    try await openDoor()
  }

  func closeDoor() async throws {
    try await fleet.door?.close()
    fleet.door = nil
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

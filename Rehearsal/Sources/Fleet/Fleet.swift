import DeviceClient
import Synchronization
import TestKit
import WireFormats

/// All devices: what is true of each, and rounds in which they are switched on.
///
/// Every choice is drawn from the seed, the round and the device's number, so that a run repeats itself however its
/// devices are interleaved.
final class Fleet {
  let world: World
  let flash: DeviceFlash
  let seed: UInt64
  /// The first so many speak to the server over real TLS and HTTP.
  let sample: Int
  var truths: [DeviceTruth]
  /// The door that the sample uses; nil while the server has none open.
  var door: HTTPDoor?
  /// How devices take trust bundles; nil before the first approvers are named.
  var bundles: BundleTaking?
  /// Those that are still in their boxes.
  var late: [Int] = []
  private(set) var lostAnswers = 0
  private(set) var powerCuts = 0
  private(set) var overHTTP = 0
  private var rounds: UInt64 = 0

  /// Devices that are on at the same time.
  private static let atOnce = 96

  init(world: World, devices: Int, sample: Int, seed: UInt64) throws {
    self.world = world
    self.seed = seed
    self.sample = min(sample, devices)
    flash = try DeviceFlash(path: world.place.path + "/devices.flash")
    truths = [DeviceTruth](repeating: DeviceTruth(), count: devices)
  }

  static func serial(_ device: Int) -> String {
    let digits = String(device)
    return "RH-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }

  /// The same random numbers for the same purpose in each run.
  func random(_ purpose: UInt64, _ device: Int = 0) -> SeededRandom {
    var mixed = SeededRandom(seed: seed ^ purpose &* 0x9E37_79B9_7F4A_7C15)
    return SeededRandom(seed: mixed.next() ^ UInt64(device) &* 0xD6E8_FEB8_6659_FD93)
  }

  /// So many of the honest devices that are on, drawn anew for each purpose.
  func draw(_ share: Double, purpose: UInt64, where fits: (DeviceTruth) -> Bool = { _ in true }) -> [Int] {
    truths.indices.filter { device in
      var random = random(purpose, device)
      let truth = truths[device]
      return truth.standing == .honest && !truth.isOff(at: world.now) && fits(truth)
        && Double.random(in: 0..<1, using: &random) < share
    }
  }

  /// Switches these devices on, and leaves each alone once it rests.
  func round(_ devices: [Int], faults: Faults = .none, patience: Int = 24) async throws -> Tally {
    rounds += 1
    // One of each for all devices: a million of them must not be a million transports.
    let inProcess: any Transport = InProcessTransport(est: world.serving.est, presence: world.presence)
    let overHTTP: (any Transport)? = door.map { HTTPTransport(port: $0.port) }
    let runs = devices.map { device in
      run(
        device, over: device < sample ? overHTTP ?? inProcess : inProcess, asking: address(of: device), faults: faults,
        patience: patience)
    }
    let places = Places(count: runs.count)
    let seeds = devices.map { random(rounds &+ 1_000_000, $0) }
    var tally = Tally()
    try await withThrowingTaskGroup(of: [DeviceRun.Outcome].self) { group in
      for _ in 0..<min(Self.atOnce, runs.count) {
        group.addTask {
          var outcomes: [DeviceRun.Outcome] = []
          while let place = places.next() { outcomes.append(try await runs[place].outcome(using: seeds[place])) }
          return outcomes
        }
      }
      for try await outcomes in group { for outcome in outcomes { note(outcome, in: &tally) } }
    }
    return tally
  }

  /// Where somebody who meets this device asks, and the device itself for what is public.
  func address(of device: Int) -> any PublicAddress {
    if device < sample, let door { return HTTPAddress(port: door.plainPort) }
    return InProcessAddress(serving: world.serving)
  }

  private func run(
    _ device: Int, over transport: any Transport, asking address: any PublicAddress, faults: Faults, patience: Int
  ) -> DeviceRun {
    var random = random(rounds &+ 2_000_000, device)
    // No clock is exact; notBefore is set back by an hour for this.
    let drift = Span.seconds(Int64.random(in: -1200...1200, using: &random))
    let clock =
      truths[device].hasNoClock ? Instant(seconds: Int64.random(in: 0...3600, using: &random)) : world.now + drift
    return DeviceRun(
      device: device, serial: Self.serial(device), flash: flash, transport: transport, address: address,
      bundles: bundles, faults: faults, clock: clock, patience: patience)
  }

  private func note(_ outcome: DeviceRun.Outcome, in tally: inout Tally) {
    tally.count(outcome.rest)
    lostAnswers += outcome.lostAnswers
    powerCuts += outcome.powerCuts
    if outcome.device < sample, door != nil { overHTTP += 1 }
    guard outcome.renewed else { return }
    truths[outcome.device].certificates += 1
    truths[outcome.device].endsAt = outcome.endsAt
    // Without a clock a device renews at each start; it is started every six weeks or so.
    var random = random(rounds &+ 3_000_000, outcome.device)
    truths[outcome.device].renewAt =
      truths[outcome.device].hasNoClock
      ? world.now + .days(Int64.random(in: 30...55, using: &random)) : outcome.renewAt
  }
}

/// Hands out the places of a round, each once, to whoever is free.
private final class Places: Sendable {
  private let count: Int
  private let taken = Atomic<Int>(0)

  init(count: Int) { self.count = count }

  func next() -> Int? {
    let place = taken.add(1, ordering: .relaxed).oldValue
    return place < count ? place : nil
  }
}

/// How the devices of a round came to rest.
struct Tally: Sendable {
  var devices = 0
  var renewed = 0
  var notDue = 0
  var refused = 0
  var unanswered = 0
  var busy = 0

  mutating func count(_ rest: DeviceClient.Rest) {
    devices += 1
    switch rest {
    case .renewed: renewed += 1
    case .notDue: notDue += 1
    case .refused, .nothingToShow, .noKey: refused += 1
    case .unanswered: unanswered += 1
    case .busy: busy += 1
    }
  }

  static func += (left: inout Tally, right: Tally) {
    left.devices += right.devices
    left.renewed += right.renewed
    left.notDue += right.notDue
    left.refused += right.refused
    left.unanswered += right.unanswered
    left.busy += right.busy
  }
}

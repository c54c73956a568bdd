import DeviceClient
import TestKit
import WireFormats

/// One device, switched on: its client driven until it rests.
struct DeviceRun: Sendable {
  let device: Int
  let serial: String
  let flash: DeviceFlash
  let transport: any Transport
  let address: any PublicAddress
  /// Nil for a device that was made without an approvers' document.
  let bundles: BundleTaking?
  let faults: Faults
  /// The device's own, right or wrong.
  let clock: Instant
  /// How often it may ask again within this run, before it is left alone.
  let patience: Int

  /// What became of it.
  struct Outcome: Sendable {
    let device: Int
    let rest: DeviceClient.Rest
    /// Nil while it has no certificate.
    let renewAt: Instant?
    let endsAt: Instant?
    /// Whether it stored a new certificate.
    var renewed: Bool { rest == .renewed }
    let lostAnswers: Int
    let powerCuts: Int
  }

  func outcome(using random: SeededRandom) async throws -> Outcome {
    var random = random
    var network = FaultyTransport(transport, faults, random: SeededRandom(seed: random.next()))
    var client = DeviceClient(memory: try await memory(over: &network))
    var event = DeviceClient.Event.wake
    var (clock, attempts, powerCuts) = (clock, 0, 0)
    while true {
      switch client.handle(event, at: clock, using: &random) {
      case .keep:
        try flash.store(client.memory, of: device)
        event = .kept
      case .send(let message):
        event = await network.exchange(message, of: client.memory, at: clock).map { .answered($0) } ?? .unanswered
        if network.happens(faults.powerCut) {
          // All that it had in mind is gone, the answer too.
          client = DeviceClient(memory: try flash.load(device, serial: serial))
          (event, powerCuts) = (.wake, powerCuts + 1)
        }
      case .rest(let until, let why):
        attempts += 1
        guard Self.asksAgain(why), attempts < patience else {
          return Outcome(
            device: device, rest: why, renewAt: client.memory.renewAt,
            endsAt: client.memory.identity?.certificate.notAfter, lostAnswers: network.lostAnswers,
            powerCuts: powerCuts)
        }
        (clock, event) = (until, .wake)
      }
    }
  }

  /// What it starts with. A device looks for a trust bundle first; a network that loses the answer loses it for today.
  private func memory(over network: inout FaultyTransport<SeededRandom>) async throws -> DeviceMemory {
    var memory = try flash.load(device, serial: serial)
    guard let bundles, !network.happens(faults.lostAnswer) else { return memory }
    if await bundles.take(into: &memory, from: address, at: clock) { try flash.store(memory, of: device) }
    return memory
  }

  private static func asksAgain(_ rest: DeviceClient.Rest) -> Bool {
    switch rest {
    case .unanswered, .busy: true
    case .renewed, .notDue, .refused, .nothingToShow, .noKey: false
    }
  }
}

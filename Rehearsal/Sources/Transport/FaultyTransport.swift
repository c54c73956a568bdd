import DeviceClient
import WireFormats

/// What may go wrong on the way, in shares of all messages.
struct Faults: Sendable {
  /// The request never arrives.
  var cut = 0.0
  /// The server has committed, and its answer never arrives.
  var lostAnswer = 0.0
  /// A middlebox sends the request twice.
  var duplicated = 0.0
  /// The device loses its power while it waits for the answer.
  var powerCut = 0.0

  static let none = Faults()
  static let bad = Faults(cut: 0.05, lostAnswer: 0.3, duplicated: 0.05, powerCut: 0.1)
}

/// A transport through a bad network. What went wrong is drawn by the device's own seeded chance.
struct FaultyTransport<Random: RandomNumberGenerator & Sendable> {
  let transport: any Transport
  let faults: Faults
  var random: Random
  /// Whether an answer was lost that the server had given.
  private(set) var lostAnswers = 0

  init(_ transport: any Transport, _ faults: Faults, random: Random) {
    self.transport = transport
    self.faults = faults
    self.random = random
  }

  mutating func exchange(_ message: ESTMessage, of memory: DeviceMemory, at clock: Instant) async -> ESTReply? {
    if happens(faults.cut) { return nil }
    if happens(faults.duplicated) { _ = await transport.exchange(message, of: memory, at: clock) }
    let reply = await transport.exchange(message, of: memory, at: clock)
    guard happens(faults.lostAnswer) else { return reply }
    if reply?.status == 200, message.operation != .cacerts { lostAnswers += 1 }
    return nil
  }

  mutating func happens(_ share: Double) -> Bool { share > 0 && Double.random(in: 0..<1, using: &random) < share }
}

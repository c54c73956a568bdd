import WireFormats

/// What a device does when it does not get what it asked for. It never gives up, and never asks as fast as it can.
extension DeviceClient {
  private static let refusalsOfOneKey = 7

  /// One minute, doubled with each failure up to about an hour, and up to half as much more by chance, so that a fleet
  /// that lost its server at once does not come back at once.
  mutating func unanswered(
    at clock: Instant, using random: inout some RandomNumberGenerator, _ why: Rest = .unanswered
  ) -> Action {
    let pause = Int64(60) << Int64(min(failures, 6))
    failures += 1
    return rest(until: clock + .seconds(pause + Int64.random(in: 0...pause / 2, using: &random)), why)
  }

  mutating func declined(
    _ reply: ESTReply, at clock: Instant, using random: inout some RandomNumberGenerator
  ) -> Action {
    switch reply.status {
    // RFC 7030 §4.2.3: 202 asks for patience; 429 and 5xx are no word about this device.
    case 202, 429, 500...599:
      let seconds = Int64(min(max(reply.retryAfter ?? 60, 1), 86_400))
      let pause = seconds + Int64.random(in: 0...seconds / 2 + 1, using: &random)
      return rest(until: clock + .seconds(pause), .busy(status: reply.status))
    default:
      // What refuses it may be lifted by a person: a readmission, a resumed device. The key stays for a while, since its
      // certificate may be waiting; but a key that is refused for itself must not be asked for till the end of days.
      refusals += 1
      if refusals % Self.refusalsOfOneKey == 0 { memory.pendingKey = nil }
      return rest(until: clock + .days(1), .refused(status: reply.status))
    }
  }
}

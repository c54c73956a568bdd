import DeviceClient
import WireFormats

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A device's state machine with its folder and the network: driven until it rests.
public final class Agent {
  /// How a drive ended.
  public struct Outcome {
    public let rest: DeviceClient.Rest
    /// By the device's own clock.
    public let until: Instant
    /// Why nobody answered, where nobody did.
    public let failure: AgentFailure?
  }

  public let folder: AgentFolder
  public let settings: AgentSettings
  private var client: DeviceClient
  private let transport: ESTTransport
  private let loops: EventLoops
  private var random = SystemRandomNumberGenerator()

  public var memory: DeviceMemory { client.memory }
  /// What the server said with its last refusal.
  public var lastWords: String? { transport.lastWords }

  /// - Parameter loops: Shared with whatever else connects.
  public init(_ folder: AgentFolder, loops: EventLoops) throws(AgentFailure) {
    try folder.finish()
    let (settings, memory) = try folder.load()
    (self.folder, self.settings, self.loops) = (folder, settings, loops)
    client = DeviceClient(memory: memory, keys: folder.newKeys)
    transport = ESTTransport(server: settings.server, loops: loops)
  }

  /// The machine's time.
  public static var clock: Instant {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Instant(milliseconds: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000)
  }

  /// Does what is due, and comes back when there is nothing to do.
  ///
  /// - Parameter now: Renews although it is not due.
  public func wake(now: Bool = false) throws(AgentFailure) -> Outcome {
    if now { client = DeviceClient(memory: Self.due(client.memory), keys: folder.newKeys) }
    let outcome = try drive()
    // A server that is not believed may have a root that the approvers signed; and a device that has just renewed looks
    // whether they signed another one since.
    guard outcome.failure != nil || outcome.rest == .renewed, try takeBundle(), outcome.failure != nil else {
      return outcome
    }
    return try drive()
  }

  /// Takes the roots of a newer trust bundle, and no others from then on. Returns whether there was one.
  private func takeBundle() throws(AgentFailure) -> Bool {
    guard let approved = try folder.approvedRoots() else { return false }
    do throws(AgentFailure) {
      guard
        let newer = try approved.newer(
          than: client.memory, from: settings.server, loops: loops, at: Self.clock)
      else { return false }
      var memory = client.memory
      (memory.roots, memory.bundle) = (newer.roots, newer.number)
      try folder.keep(memory)
      client = DeviceClient(memory: memory, keys: folder.newKeys)
      return true
    } catch {
      // Nobody answers; that was said before, or is no harm after a renewal.
      guard error.code == .noServer else { throw error }
      return false
    }
  }

  private func drive() throws(AgentFailure) -> Outcome {
    defer { transport.close() }
    var event = DeviceClient.Event.wake
    var failure: AgentFailure?
    while true {
      switch client.handle(event, at: Self.clock, using: &random) {
      case .keep:
        try folder.keep(client.memory)
        event = .kept
      case .send(let message):
        do throws(AgentFailure) {
          event = .answered(try transport.exchange(message, of: client.memory, at: Self.clock))
        } catch {
          (event, failure) = (.unanswered, error)
        }
      case .rest(let until, let rest): return Outcome(rest: rest, until: until, failure: failure)
      }
    }
  }

  private static func due(_ memory: DeviceMemory) -> DeviceMemory {
    var memory = memory
    memory.renewAt = nil
    return memory
  }
}

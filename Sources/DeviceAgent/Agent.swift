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
  let keys: any DeviceKeyHome
  private var client: DeviceClient
  let transport: ESTTransport
  private let loops: EventLoops
  private var random = SystemRandomNumberGenerator()

  public var memory: DeviceMemory { client.memory }
  /// What the server said with its last refusal.
  public var lastWords: String? { transport.lastWords }
  /// Why the server did not take the TPM's proof, where there was one to show: the key counts as claimed.
  public private(set) var notBelieved: String?
  /// Why there was no key when one was needed.
  public var keyTrouble: String? { client.keyTrouble }
  /// Where new keys are made, in a word.
  public var keyHome: String { keys.name }

  /// - Parameter loops: Shared with whatever else connects.
  public init(_ folder: AgentFolder, loops: EventLoops) throws(AgentFailure) {
    try folder.finish()
    let (settings, memory) = try folder.load()
    (self.folder, self.settings, self.loops, keys) = (folder, settings, loops, folder.keys(of: settings))
    client = DeviceClient(memory: memory, keys: keys)
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
    if now { client = DeviceClient(memory: Self.due(client.memory), keys: keys) }
    if let fault = keyFault, fault.isGone { throw failure(fault) }
    let outcome = try drive()
    // A server that is not believed may have a root that the approvers signed; and a device that has just renewed looks
    // whether they signed another one since.
    if outcome.failure != nil || outcome.rest == .renewed, try takeBundle(), outcome.failure != nil {
      return try drive()
    }
    // A handshake that the key did not sign looks like a server that does not answer.
    guard outcome.failure != nil, let fault = keyFault else { return outcome }
    return Outcome(rest: outcome.rest, until: outcome.until, failure: failure(fault))
  }

  /// What is wrong with the key that the device goes on with; with a secret it may go on without.
  private var keyFault: DeviceKeyFault? {
    client.memory.secret == nil ? client.memory.identity?.key.fault() : nil
  }

  private func failure(_ fault: DeviceKeyFault) -> AgentFailure {
    let serial = settings.serial
    guard fault.isGone else {
      return AgentFailure(
        .later, "the key of \(serial) cannot be used now: \(fault.reason)",
        hint: "it is tried again; its certificate holds meanwhile")
    }
    return AgentFailure(
      .failed, "the key of \(serial) is gone: \(fault.reason)",
      hint: "a new secret, from `touchmark device invite \(serial)`; then touchmark-agent enroll again, which makes "
        + "another key. For another board: touchmark device replace \(serial)")
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
      client = DeviceClient(memory: memory, keys: keys)
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
          event = try answer(to: message)
        } catch {
          (event, failure) = (.unanswered, error)
        }
      case .rest(let until, let rest): return Outcome(rest: rest, until: until, failure: failure)
      }
    }
  }

  /// EST's answer; for the first certificate of a key in a TPM, the answer to the TPM's proof.
  private func answer(to message: ESTMessage) throws(AgentFailure) -> DeviceClient.Event {
    if message.operation == .simpleenroll, let secret = message.authorization, let home = keys as? TPMKeyHome,
      let key = client.memory.pendingKey as? TPMDeviceKey
    {
      let attested = AttestedEnrollment(home: home, key: key, folder: folder)
      switch try attested.run(as: secret, of: client.memory, over: transport, at: Self.clock) {
      case .issued(let certificate): return .issued(certificate)
      case .declined(let reply): return .answered(reply)
      // Over EST the profile decides whether the key may be merely said to live there.
      case .notBelieved(let why): notBelieved = why
      }
    }
    return .answered(try transport.exchange(message, of: client.memory, at: Self.clock))
  }

  private static func due(_ memory: DeviceMemory) -> DeviceMemory {
    var memory = memory
    memory.renewAt = nil
    return memory
  }
}

import ArgumentParser
import DeviceAgent
import WireFormats

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Stay, renew when it is due, and keep the revocation lists fresh.",
    discussion: """
      With a TPM that the server was shown, it also attests, as often as the server asks. Renews at a point of the window that was drawn by chance; without an answer it asks again after a minute, then two,
      up to about an hour, with chance in each. It can be killed at any moment.
      """)

  @Option(help: ArgumentHelp("How often the revocation lists of its own chain are fetched.", valueName: "span"))
  var lists = "1h"

  @Option(
    help: ArgumentHelp(
      "The longest wait before it first asks, where the clock cannot say whether it is due.", valueName: "span"))
  var spread = "60s"

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var options: FolderOptions
  @OptionGroup var hook: RenewalHookOptions

  func validate() throws {
    guard Span(lists) != nil, Span(spread) != nil else {
      throw ValidationError("a span is a number and a unit: 30s, 15m, 1h")
    }
  }

  func run() throws {
    let folder = options.folder
    let (_, held) = try folder.load()
    let lock = try AgentLock(folder)
    defer { withExtendedLifetime(lock) {} }
    if held.isWithoutTime(at: Agent.clock) { Rest.sleep(Rest.chance(upTo: Span(spread) ?? .seconds(0))) }
    let loops = EventLoops()
    let agent = try Agent(folder, loops: loops)
    var (listsAt, wakeAt) = (Rest.now, Rest.now)
    var attestAt: Instant? = Rest.now
    while true {
      if Rest.now >= wakeAt { wakeAt = Rest.now + turn(agent) }
      if Rest.now >= listsAt {
        refreshLists(agent, loops)
        listsAt = Rest.now + Rest.chance(around: Span(lists) ?? .hours(1))
      }
      if let due = attestAt, Rest.now >= due { attestAt = attest(agent).map { Rest.now + $0 } }
      Rest.sleep(min(wakeAt, listsAt, attestAt ?? wakeAt) - Rest.now)
    }
  }

  /// Returns how long to wait, by a clock that nobody sets.
  private func turn(_ agent: Agent) -> Span {
    do {
      let outcome = try agent.wake()
      if let failure = RestText.failure(outcome, of: agent) {
        Said.failure(failure)
      } else if outcome.rest == .renewed, let certificate = agent.memory.identity?.certificate {
        Said.message("\(agent.settings.serial) is renewed, until \(certificate.notAfter)")
      }
      try hook.tell(agent)
      // The clock may be set meanwhile; to look whether something is due costs nothing.
      return min(max(outcome.until - Agent.clock, .seconds(1)), .hours(1))
    } catch let failure as AgentFailure {
      Said.failure(failure)
    } catch {
      Said.message("\(error)")
    }
    return .minutes(1)
  }

  /// Returns when the server wants evidence again; nil when it wants none. Somewhere in the last quarter of that time, so
  /// that a fleet that started at once does not come at once for ever.
  private func attest(_ agent: Agent) -> Span? {
    guard agent.canAttest else { return .hours(1) }
    do throws(AgentFailure) {
      let verdict = try agent.attest(evidence.sources)
      if verdict.status != .trusted { Said.message(VerdictText.lines(verdict, agent.settings.serial)) }
      guard let due = verdict.nextDue else { return nil }
      let span = max((due - Agent.clock).milliseconds, 60_000)
      return Span(milliseconds: span - Int64.random(in: 0...span / 4))
    } catch {
      Said.failure(error)
    }
    return Rest.chance(around: .hours(1))
  }

  private func refreshLists(_ agent: Agent, _ loops: EventLoops) {
    do {
      let lists = try OwnLists.of(agent.memory, in: agent.folder, loops: loops)
      for failure in try lists.refresh() { Said.failure(failure) }
    } catch {
      Said.message("\(error)")
    }
  }
}

/// Waiting by a clock that only goes forward, whoever sets the other one.
enum Rest {
  static var now: Instant {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Instant(milliseconds: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000)
  }

  static func sleep(_ span: Span) {
    guard span.milliseconds > 0 else { return }
    var left = timespec(
      tv_sec: Int(span.milliseconds / 1000), tv_nsec: Int(span.milliseconds % 1000) * 1_000_000)
    var rest = timespec()
    while nanosleep(&left, &rest) != 0, errno == EINTR { left = rest }
  }

  static func chance(upTo span: Span) -> Span { Span(milliseconds: Int64.random(in: 0...max(span.milliseconds, 0))) }

  /// A tenth less or more.
  static func chance(around span: Span) -> Span {
    let tenth = span.milliseconds / 10
    return Span(milliseconds: span.milliseconds + Int64.random(in: -tenth...tenth))
  }
}

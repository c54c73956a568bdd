import ArgumentParser
import DeviceAgent

struct RenewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "renew", abstract: "Renew the certificate if it is due; from a timer, for example.",
    discussion: "Ends with 0 also when nothing is due.")

  @Flag(help: "Renew although it is not due.") var now = false
  @OptionGroup var options: FolderOptions
  @OptionGroup var hook: RenewalHookOptions

  func run() throws {
    let folder = options.folder
    // Without a device there is nothing to lock.
    _ = try folder.load()
    let lock = try AgentLock(folder)
    defer { withExtendedLifetime(lock) {} }
    let agent = try Agent(folder, loops: EventLoops())
    let outcome = try agent.wake(now: now)
    // Also after a failure: the hook may not have been told of the one before.
    try hook.tell(agent)
    if let failure = RestText.failure(outcome, of: agent) { throw failure }
    guard let certificate = agent.memory.identity?.certificate else { return }
    Said.result(
      outcome.rest == .renewed
        ? "\(agent.settings.serial) is renewed, until \(certificate.notAfter)\n"
        : "nothing is due before \(agent.memory.renewAt?.description ?? "the end of its life")\n")
  }
}

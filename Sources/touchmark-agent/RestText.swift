import DeviceAgent
import DeviceClient
import WireFormats

/// What a person is told when the agent rests. The failure's exit code is the command's.
enum RestText {
  /// Nil when all is well.
  static func failure(_ outcome: Agent.Outcome, of agent: Agent) -> AgentFailure? {
    let words = agent.lastWords.map { ": \($0)" } ?? ""
    switch outcome.rest {
    case .renewed, .notDue: return nil
    case .unanswered:
      return outcome.failure
        ?? AgentFailure(
          .noServer, "what \(agent.settings.server.text) answered cannot be believed\(words)",
          hint: "the request is kept, and asked again with the same key")
    case .busy(202):
      return AgentFailure(
        .later, "an operator has to approve this request first\(words)",
        hint: "touchmark request list, on the server; the agent asks again at \(outcome.until)")
    case .busy(let status):
      return AgentFailure(
        .later, "the server cannot just now (status \(status))\(words)", hint: "again at \(outcome.until)")
    case .refused(let status): return refused(status, words, agent)
    case .nothingToShow:
      return AgentFailure(
        .missing, "there is neither a certificate nor a secret", hint: "touchmark-agent enroll … --secret-file FILE")
    case .noKey:
      return AgentFailure(
        .failed,
        "the key's home (\(agent.keyHome)) makes no key, or does not sign"
          + (agent.keyTrouble.map { ": \($0)" } ?? ""), hint: "it is tried again at \(outcome.until)")
    }
  }

  private static func refused(_ status: Int, _ words: String, _ agent: Agent) -> AgentFailure {
    let serial = agent.settings.serial
    guard let certificate = agent.memory.identity?.certificate else {
      return AgentFailure(
        .failed, "the server refuses this device (status \(status))\(words)",
        hint: "a new secret, from `touchmark device invite \(serial)`; then enroll again")
    }
    guard certificate.notAfter < Agent.clock else {
      return AgentFailure(
        .failed, "the server refuses the renewal (status \(status))\(words)",
        hint: "touchmark device show \(serial), on the server, tells why; the present certificate holds until "
          + "\(certificate.notAfter)")
    }
    return AgentFailure(
      .failed, "the certificate expired at \(certificate.notAfter), and the server does not renew it any more\(words)",
      hint: "an operator lets it in again for a time: touchmark device readmit \(serial) --for 48h")
  }
}

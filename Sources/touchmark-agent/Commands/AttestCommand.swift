import ArgumentParser
import DeviceAgent
import WireFormats

struct AttestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attest", abstract: "Show the server what the TPM says of what this device booted.",
    discussion: """
      A quote of the registers that the server asks for, over its nonce, with the measured-boot log. Ends with 0 when the
      server trusts what it saw, with 9 when it has a warning, and with 10 when it does not trust it.
      """)

  @Option(name: [.customShort("o"), .customLong("output")], help: "How to write the result.")
  var format: ResultFormat = .table

  @Option(help: ArgumentHelp("Where the signed result goes (RFC 9711), for third parties.", valueName: "file"))
  var token: String?

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var options: FolderOptions

  func run() throws {
    let folder = options.folder
    _ = try folder.load()
    let lock = try AgentLock(folder)
    defer { withExtendedLifetime(lock) {} }
    let agent = try Agent(folder, loops: EventLoops())
    let verdict = try agent.attest(evidence.sources)
    if let token, let text = verdict.token { try AnyFile.replace(token, with: Array((text + "\n").utf8)) }
    switch format {
    case .json: Said.result(verdict.answer.written())
    case .table: Said.result(VerdictText.lines(verdict, agent.settings.serial))
    }
    guard let code = VerdictText.code(verdict.status) else { return }
    throw ExitCode(code)
  }
}

/// A judgment, for a person and for a script.
enum VerdictText {
  static func lines(_ verdict: AttestationVerdict, _ serial: String) -> String {
    let head =
      switch verdict.status {
      case .trusted: "\(serial) is trusted"
      case .warning: "\(serial) is taken with a warning"
      case .failed: "\(serial) is not trusted"
      }
    let reasons = verdict.reasons.map { "  \($0)\n" }.joined()
    return head + (verdict.isSuspended ? ", and suspended by this evidence" : "") + "\n" + reasons
      + (verdict.nextDue.map { "  asked again by \($0)\n" } ?? "")
  }

  /// Beside the failures' own codes, so that a script tells a judgment from a server that is away. Nil for a good one.
  static func code(_ status: AttestationVerdict.Status) -> Int32? {
    switch status {
    case .trusted: nil
    case .warning: 9
    case .failed: 10
    }
  }
}

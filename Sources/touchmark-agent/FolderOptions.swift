import ArgumentParser
import DeviceAgent

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where the device's key, certificate and trust are kept.
struct FolderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The device's folder; TOUCHMARK_AGENT_DATA, else /var/lib/touchmark-agent as root, else ./touchmark-agent-data.",
      valueName: "dir"))
  var data: String?

  var folder: AgentFolder { AgentFolder(path) }

  private var path: String {
    if let data { return data }
    if let named = getenv("TOUCHMARK_AGENT_DATA") { return String(cString: named) }
    return geteuid() == 0 ? "/var/lib/touchmark-agent" : "touchmark-agent-data"
  }
}

/// What happens with a new certificate.
struct RenewalHookOptions: ParsableArguments {
  @Option(
    name: .customLong("on-renew"),
    help: ArgumentHelp(
      "Run by /bin/sh after a new certificate is in place, so that its users read it again; until it succeeds.",
      valueName: "command"))
  var command: String?

  /// Tells the hook of the certificate that is in place, unless it knows it.
  func tell(_ agent: Agent) throws {
    guard let command, let certificate = agent.memory.identity?.certificate else { return }
    try Hook(command, "renewal", in: agent.folder).tell(
      certificate.serial.description,
      environment: ["TOUCHMARK_SERIAL": agent.settings.serial, "TOUCHMARK_IDENTITY": agent.folder.currentFolder])
  }
}

enum ResultFormat: String, ExpressibleByArgument, CaseIterable {
  case table
  case json
}

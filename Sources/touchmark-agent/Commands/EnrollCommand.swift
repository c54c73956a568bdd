import ArgumentParser
import Credentials
import DeviceAgent
import WireFormats

struct EnrollCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enroll", abstract: "Get the first certificate, with the secret that an operator gave.",
    discussion: """
      Takes the root with that fingerprint and no other, makes a key, and asks for a certificate: over EST, or where the key
      lives in a TPM that has its manufacturer's certificate, with the TPM's proof of it. Whatever interrupts it, the same
      command goes on: with the same key, so that nothing counts twice.
      """)

  @Argument(
    help: ArgumentHelp(
      "'https://SERIAL@SERVER:PORT#sha256:ROOT', as `touchmark device add` prints it.", valueName: "url"))
  var url: String

  @Option(help: ArgumentHelp("The device's serial, where the secret is a grant's.", valueName: "serial"))
  var serial: String?

  @Option(help: ArgumentHelp("The file with the secret; - is standard input.", valueName: "file"))
  var secretFile: String

  @Option(
    help: ArgumentHelp(
      "The first approvers' document: then a trust bundle can bring other roots, also when a root was stolen.",
      valueName: "file"))
  var approvers: String?

  @OptionGroup var keys: KeyOptions
  @OptionGroup var options: FolderOptions
  @OptionGroup var hook: RenewalHookOptions

  func validate() throws {
    guard let address = ServerAddress(url), address.isTLS else {
      throw ValidationError("'\(url)' is no address such as https://SERIAL@touchmark.example:8443#sha256:…")
    }
    guard address.name ?? serial != nil else {
      throw ValidationError("whose secret it is stands before the server's name: https://SERIAL@…; or take --serial")
    }
  }

  func run() throws {
    guard let address = ServerAddress(url), let name = address.name ?? serial else { return }
    let folder = options.folder
    let lock = try AgentLock(folder)
    defer { withExtendedLifetime(lock) {} }
    let held = folder.isThere ? try folder.load().settings.keys : nil
    let settings = AgentSettings(
      server: address, serial: serial ?? name, name: name, keys: try keys.settings(held: held))
    let loops = EventLoops()
    if let approvers { try folder.give(approvers: try AnyFile.read(approvers)) }
    try begin(settings, folder, loops)
    let agent = try Agent(folder, loops: loops)
    guard agent.memory.identity == nil || agent.memory.secret != nil else {
      return try done(agent, "has its certificate")
    }
    let outcome = try agent.wake()
    if let why = agent.notBelieved {
      Said.message("the server does not take the TPM's proof: \(why)")
      Said.hint(
        "touchmark trust add --purpose tpm, on the server, names whose TPMs are believed; until then it is claimed")
    }
    if let failure = RestText.failure(outcome, of: agent) { throw failure }
    try done(agent, "is enrolled")
  }

  /// The root is fetched once, and the secret lies in the folder until it is used.
  private func begin(_ settings: AgentSettings, _ folder: AgentFolder, _ loops: EventLoops) throws {
    guard folder.isThere else {
      let secret = try secret()
      guard !settings.server.roots.isEmpty else {
        throw AgentFailure(
          .usage, "the address has no fingerprint of the root: '\(url)#sha256:…'",
          hint: "touchmark device add prints it; who trusts the first answer trusts anybody")
      }
      let roots = try settings.server.roots.map { root throws(AgentFailure) in
        try ESTTransport.pinnedRoot(root, from: settings.server, loops: loops)
      }
      return try folder.begin(settings, roots: roots, secret: secret)
    }
    let (held, memory) = try folder.load()
    guard held.serial == settings.serial else {
      throw AgentFailure(
        .exists, "\(folder.path) is \(held.serial)'s", hint: "a folder of its own for \(settings.serial): --data DIR")
    }
    let isOver = memory.identity.map { $0.certificate.notAfter < Agent.clock || $0.key.fault()?.isGone == true } ?? true
    // The command as it was given before, after a crash or once more: nothing of it is begun again.
    guard isOver else { return }
    try folder.give(try secret(), settings)
  }

  private func secret() throws -> String {
    let octets = try SecretFile.read(secretFile)
    guard let text = String(validating: octets, as: UTF8.self) else {
      throw AgentFailure(.failed, "\(secretFile) holds no text")
    }
    let secret = text.split(whereSeparator: \.isWhitespace).joined()
    guard !secret.isEmpty else { throw AgentFailure(.failed, "\(secretFile) is empty") }
    return secret
  }

  private func done(_ agent: Agent, _ what: String) throws {
    guard let identity = agent.memory.identity else { return }
    Said.result(
      "\(agent.settings.serial) \(what), until \(identity.certificate.notAfter)\n  \(agent.folder.currentFolder)\n"
        + "  key: \(try KeyText.place(of: identity.key, in: agent.folder))\n")
    try hook.tell(agent)
  }
}

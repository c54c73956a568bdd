import AdministrationAPI
import ArgumentParser
import WireFormats

struct AuthorityAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Makes another issuing authority, while the server serves.",
    discussion: """
      Profiles name it (authority: NAME). The root signs: its key is taken from the data folder or from --root FILE, or \
      the request is carried to it with --request FILE. With --external it hangs on somebody else's root: --request FILE \
      gets a PKCS#10 request, and touchmark authority install takes what they issue.
      """)

  @Argument(help: "Its name: 1 to 31 lower-case letters, digits and inner hyphens.")
  var name: String

  @Option(help: ArgumentHelp("operational, or idevid for factory identities.", valueName: "kind"))
  var kind = "operational"

  @Option(help: ArgumentHelp("P-256, P-384, Ed25519, RSA-3072 or RSA-4096.", valueName: "name"))
  var algorithm = "P-256"

  @Option(
    help: ArgumentHelp("The token for its key, one that touchmark.yaml names: pkcs11:token=LABEL.", valueName: "uri"))
  var keys: String?

  @Option(help: ArgumentHelp("Its common name; else the organization's and its own.", valueName: "text"))
  var commonName: String?

  @Option(help: ArgumentHelp("How long it lasts; else ten years, and idevid for ever.", valueName: "span"))
  var lifetime: String?

  @Flag(help: "It hangs on somebody else's root.") var external = false

  @OptionGroup var root: RootOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    if let lifetime, Span(lifetime) == nil { throw ValidationError("--lifetime is a span such as 5y") }
    if external, root.request == nil { throw ValidationError("--external needs --request FILE") }
    if external, lifetime != nil { throw ValidationError("with --external the issuer says how long it lasts") }
  }

  func run() async throws {
    try PrivateFile.expectFree(root.request)
    let wanted = NewAuthority(
      name: name, purpose: kind, algorithm: algorithm, keys: keys, commonName: commonName, lifetime: lifetime)
    try await connection.connected { server in
      if external, let path = root.request { return try await ask(for: wanted, into: path, server) }
      let asked: RootRequestItem = try await server.post("/authorities", wanted)
      guard let done = try await RootErrand(server: server, options: root).run(asked) else { return }
      try output.write(done, text: "\(done.authority) issues under the name \(name)\n")
      StandardError.hint("a profile names it: authority: \(name)")
    }
  }

  private func ask(for wanted: NewAuthority, into path: String, _ server: ServerConnection) async throws {
    let asked: AuthorityRequestItem = try await server.post("/authority-requests", wanted)
    try ForeignRequest.write(asked, to: path)
    try output.write(asked, text: "")
  }
}

/// A PKCS#10 request on its way to somebody else's authority.
enum ForeignRequest {
  static func write(_ asked: AuthorityRequestItem, to path: String) throws {
    try PrivateFile.create(path, asked.request)
    StandardError.say("wrote the request for \(asked.subject) to \(path); its key stays here")
    StandardError.hint(
      "with what they issue: touchmark authority install \(asked.name) --cert FILE --chain FILE")
  }
}

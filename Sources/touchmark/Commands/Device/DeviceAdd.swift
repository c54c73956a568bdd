import AdministrationAPI
import ArgumentParser

struct DeviceAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Registers a device and prints its one-time secret.",
    discussion: """
      The secret is shown once: only its digest is kept. It enrolls this device once; asking again with the same key \
      gives the same certificate until the secret expires. When it is lost: touchmark device invite.
      """)

  @Argument(help: "The device's serial.")
  var serial: String

  @Option(help: ArgumentHelp("The profile of its certificates, for example operational.", valueName: "name"))
  var profile: String

  @Option(help: ArgumentHelp("The serial's namespace, when the device is another manufacturer's.", valueName: "name"))
  var manufacturer: String?

  @Option(help: "What it is: device, gateway, application, person or station.")
  var kind: String?

  @Option(help: ArgumentHelp("The product that it is one of.", valueName: "name"))
  var product: String?

  @Option(help: ArgumentHelp("Its hardware's revision.", valueName: "text"))
  var hardwareRevision: String?

  @Option(help: ArgumentHelp("The lot that it was made in.", valueName: "text"))
  var lot: String?

  @Option(name: .customLong("label"), help: ArgumentHelp("A label; may be repeated.", valueName: "key=value"))
  var labels: [Label] = []

  @Option(help: ArgumentHelp("How long the secret lives.", valueName: "24h"))
  var expiresIn: Lifetime?

  @Option(
    name: .customLong("key-sha256"),
    help: ArgumentHelp(
      "SHA-256 of its public key (SubjectPublicKeyInfo): it enrolls by holding the key, without a secret.",
      valueName: "hex"))
  var keySHA256: String?

  @Flag(help: "Also for doors that check a MAC with it (SCEP, CMP, ACME): the secret is sealed beside its digest.")
  var mac = false

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    try Check.serial(serial)
    guard keySHA256 == nil || expiresIn == nil && !mac else { throw ValidationError("a known key has no secret") }
    try Check.kind(kind)
  }

  func run() async throws {
    let device = NewDevice(
      serial: serial, profile: profile, manufacturer: manufacturer, kind: kind, product: product,
      hardwareRevision: hardwareRevision, lot: lot, labels: labels.isEmpty ? nil : Label.dictionary(labels),
      expiresIn: expiresIn?.text, keySHA256: keySHA256, mac: mac ? true : nil)
    try await connection.connected { server in
      let invitation: Invitation = try await server.post("/devices", device)
      try output.write(InvitationSummary(invitation), text: InvitationText.render(invitation, "is registered"))
    }
  }
}

import AdministrationAPI
import ArgumentParser
import WireFormats

struct TrustAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Trusts a manufacturer's authority for the enrollment of its devices.",
    discussion: """
      Its devices' serials live in the manufacturer's own namespace, so that none can pass for another's. They enroll \
      only under the profiles named here.
      """)

  @Argument(help: "A name for it.")
  var name: String

  @Option(help: ArgumentHelp("The authority's certificate, PEM or DER.", valueName: "file"))
  var certificate: String

  @Option(name: .customLong("profile"), help: ArgumentHelp("A profile; may be repeated.", valueName: "name"))
  var profiles: [String]

  @Option(help: ArgumentHelp("The manufacturer: the namespace of its serials.", valueName: "name"))
  var manufacturer: String

  @Option(help: ArgumentHelp("Only serials that begin so.", valueName: "text"))
  var serialPrefix: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    if manufacturer.isEmpty { throw ValidationError("--manufacturer is empty") }
  }

  func run() async throws {
    let anchor = NewTrustAnchor(
      name: name, certificate: try Self.pem(certificate), profiles: profiles, manufacturer: manufacturer,
      serialPrefix: serialPrefix)
    try await connection.connected { server in
      let added: TrustAnchorItem = try await server.post("/trust", anchor)
      try output.write(
        added, text: "\(added.name) is trusted for \(added.profiles.joined(separator: ", ")) of \(added.manufacturer)\n"
      )
    }
  }

  private static func pem(_ path: String) throws(CommandFailure) -> String {
    let bytes = try InputFile.bytes(path)
    if bytes.first == 0x30 { return PEM(label: "CERTIFICATE", bytes: bytes).text }
    let blocks = (PEM.parse(String(decoding: bytes, as: UTF8.self)) ?? []).filter { $0.label == "CERTIFICATE" }
    guard let only = blocks.first, blocks.count == 1 else {
      throw CommandFailure(.refused, "\(path) has to hold one certificate, and holds \(blocks.count)")
    }
    return only.text
  }
}

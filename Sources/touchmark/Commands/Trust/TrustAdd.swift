import AdministrationAPI
import ArgumentParser
import WireFormats

struct TrustAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Trusts a manufacturer's authority for its devices or TPMs.",
    discussion: """
      Its devices' serials live in the manufacturer's own namespace, so that none can pass for another's. They enroll \
      only under the profiles named here. With --purpose tpm it vouches for TPMs and lets nobody in by itself.
      """)

  @Argument(help: "A name for it.")
  var name: String

  @Option(help: ArgumentHelp("The authority's certificate, PEM or DER.", valueName: "file"))
  var certificate: String

  @Option(name: .customLong("profile"), help: ArgumentHelp("A profile; may be repeated.", valueName: "name"))
  var profiles: [String] = []

  @Option(help: ArgumentHelp("The manufacturer: the namespace of its serials.", valueName: "name"))
  var manufacturer: String

  @Option(help: ArgumentHelp("Only serials that begin so.", valueName: "text"))
  var serialPrefix: String?

  @Option(help: ArgumentHelp("What its certificates are believed for: devices or tpm.", valueName: "purpose"))
  var purpose = "devices"

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    guard ["devices", "tpm"].contains(purpose) else { throw ValidationError("--purpose is devices or tpm") }
    guard profiles.isEmpty == (purpose == "tpm") else {
      throw ValidationError(purpose == "tpm" ? "--purpose tpm takes no --profile" : "name a --profile")
    }
    if manufacturer.isEmpty { throw ValidationError("--manufacturer is empty") }
  }

  func run() async throws {
    let anchor = NewTrustAnchor(
      name: name, certificate: try Self.pem(certificate), profiles: profiles, manufacturer: manufacturer,
      serialPrefix: serialPrefix, purpose: purpose)
    try await connection.connected { server in
      let added: TrustAnchorItem = try await server.post("/trust", anchor)
      let what = added.purpose == "tpm" ? "TPMs" : added.profiles.joined(separator: ", ")
      try output.write(added, text: "\(added.name) is trusted for \(what) of \(added.manufacturer)\n")
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

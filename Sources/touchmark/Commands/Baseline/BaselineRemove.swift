import ArgumentParser

struct BaselineRemove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Removes a firmware version's reference values.",
    discussion:
      "Devices that run it come to what their profile says of unknown firmware, from their next attestation on.")

  @Option(help: ArgumentHelp("The product; none for devices that belong to none.", valueName: "name"))
  var product: String?

  @Option(help: ArgumentHelp("The version.", valueName: "version"))
  var firmware: String

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    try await connection.connected { server in
      let query = [("product", product), ("firmware_version", firmware)].compactMap { name, value in
        value.map { (name, $0) }
      }
      _ = try await server.exchange(.DELETE, ServerConnection.base + "/baselines", query: query)
      let title = product.map { "\($0) \(firmware)" } ?? "firmware \(firmware)"
      StandardOutput.write(Printable.text("\(title) has no reference values any more") + "\n")
    }
  }
}

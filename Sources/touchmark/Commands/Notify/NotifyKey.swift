import ArgumentParser

struct NotifyKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Prints the public key that receivers check what they are sent with, as PEM.")

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    try await connection.connected { server in
      let pem = try await server.exchange(.GET, ServerConnection.base + "/notifications/key")
      StandardOutput.write(String(decoding: pem, as: UTF8.self))
    }
  }
}

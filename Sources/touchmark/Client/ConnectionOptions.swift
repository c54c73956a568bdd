import ArgumentParser
import Foundation

/// Where the server is and as whom to speak to it: the same three options for every command that asks a server.
struct ConnectionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The data folder of a server on this machine (or TOUCHMARK_DATA).", valueName: "dir"))
  var data: String?

  @Option(help: ArgumentHelp("The server's address (or TOUCHMARK_SERVER).", valueName: "url"))
  var server: String?

  @Option(
    help: ArgumentHelp(
      "The administrator's certificate, its .key and root.pem beside it (or TOUCHMARK_IDENTITY).", valueName: "path"))
  var identity: String?

  /// Finds the server, connects, and closes the connection when `body` is done.
  func connected(_ body: (ServerConnection) async throws -> Void) async throws {
    let location = try ServerLocation.find(
      data: data, server: server, identity: identity, environment: ProcessInfo.processInfo.environment)
    let connection = try ServerConnection(location)
    IdentityEnd.warn(about: location)
    do {
      try await body(connection)
    } catch {
      await connection.close()
      throw error
    }
    await connection.close()
  }
}

import AdministrationAPI
import ArgumentParser

struct RootSucceed: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "succeed", abstract: "Makes the waiting root the root, while the server serves.",
    discussion: """
      Issuing authorities keep their keys and get certificates under it; devices that know the old root alone are led to \
      the new one by NewWithOld. A new successor is made for the next time.
      """)

  @Flag(help: "The old root's key is in the wrong hands: nothing is said in its favor any more.")
  var compromised = false

  @OptionGroup var root: RootOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    try PrivateFile.expectFree(root.request)
    try PrivateFile.expectFree(root.successorTo)
    try await connection.connected { server in
      let waiting = try await server.activeAuthority("successor")
      let asked: RootRequestItem = try await server.post(
        "/authorities/\(Query.escape(waiting.id))/succeed", RootSuccession(compromised: compromised))
      guard let done = try await RootErrand(server: server, options: root).run(asked) else { return }
      try output.write(done, text: "\(done.authority) is the root now\n")
      StandardError.hint("take the new root.pem to where administrators work, and export the new successor")
    }
  }
}

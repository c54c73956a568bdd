import AdministrationAPI
import Foundation
import TestKit
import Testing

/// What a person sees on a terminal, which script(1) brings: the question, and how far an act has come.
@Suite(.serialized, .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")))
struct TerminalTests {
  @Test func anActOnManyAsksAndShowsHowFarItHasCome() async throws {
    try await RunningServer.with { server in
      for serial in ["P-1", "P-2"] {
        #expect(try await server.touchmark(["device", "add", serial, "--profile", "operational"]).exit == 0)
      }
      let no = try await answer("n", to: "device suspend --where serial~P-", at: server)
      #expect(no.contains("suspend 2 devices? [y/N]") && no.contains("nothing was done"), "\(no)")
      let yes = try await answer("y", to: "device suspend --where serial~P-", at: server)
      #expect(yes.contains(" of 2, act-") && yes.contains("device.suspend: 2 done, 0 refused"), "\(yes)")
      let suspended: [DeviceItem] = try await server.json(["device", "list", "--where", "state=suspended"])
      #expect(suspended.count == 2)
    }
  }

  private func answer(_ line: String, to command: String, at server: RunningServer) async throws -> String {
    let typed = "'\(Program.touchmark.path)' \(command) --data '\(server.data)'"
    return try await Program(path: "/usr/bin/script").run(
      ["-qec", typed, "/dev/null"], input: line + "\n", in: server.folder.path
    ).output
  }
}

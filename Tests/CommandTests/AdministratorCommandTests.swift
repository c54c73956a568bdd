import AdministrationAPI
import Foundation
import TestKit
import Testing

/// People and machines through the real program.
@Suite(.serialized) struct AdministratorCommandTests {
  private func add(
    _ name: String, _ role: String, to server: RunningServer, _ more: [String] = []
  ) async throws -> Program.Outcome {
    try await server.touchmark(
      ["admin", "add", name, "--role", role, "--out", server.folder.path + "/\(name)/id"] + more)
  }

  private func makeFolders(_ names: [String], _ server: RunningServer) throws {
    for name in names {
      try FileManager.default.createDirectory(
        atPath: server.folder.path + "/" + name, withIntermediateDirectories: true)
    }
  }

  @Test func peopleComeAndGoAndTheLastAdministratorStays() async throws {
    try await RunningServer.with { server in
      try makeFolders(["Olga", "Anna"], server)
      #expect(try await add("Olga", "operator", to: server).exit == 0)
      let olga = ["--identity", server.folder.path + "/Olga/id.pem"]
      let mode = try FileManager.default.attributesOfItem(atPath: server.folder.path + "/Olga/id.key")
      #expect((mode[.posixPermissions] as? NSNumber)?.intValue == 0o600)
      #expect(
        try await server.touchmark(["device", "add", "P-1", "--profile", "operational"] + olga).exit == 0)
      #expect(
        try await server.touchmark(
          ["admin", "add", "Eve", "--role", "administrator", "--out", server.folder.path + "/eve"] + olga
        ).exit == 4)

      let listed: [AdministratorItem] = try await server.json(["admin", "list"])
      #expect(
        Set(listed.map { "\($0.name) \($0.role) \($0.status)" })
          == ["administrator administrator good", "Olga operator good"])
      #expect(listed.allSatisfy { $0.notAfter != nil })

      let last = try await server.touchmark(["admin", "remove", "administrator"])
      #expect(last.exit == 6 && last.errors.contains("this is the last administrator"))
      #expect(try await server.touchmark(["admin", "remove", "Olga"]).exit == 0)
      #expect(try await server.touchmark(["device", "list"] + olga).exit == 4)
      // With another administrator the first one can go, and itself ends it.
      #expect(try await add("Anna", "administrator", to: server).exit == 0)
      #expect(try await server.touchmark(["admin", "remove", "administrator"]).exit == 0)
      #expect(try await server.touchmark(["device", "list"]).exit == 4)

      try await theMachineItselfMakesANewOne(server)
    }
  }

  /// All gone by accident.
  private func theMachineItselfMakesANewOne(_ server: RunningServer) async throws {
    let served = try await server.touchmark(["admin", "recover", "Root", "--out", server.folder.path + "/root-id"])
    #expect(served.exit == 6 && served.errors.contains("another server serves"))
    await server.stop()
    let recovered = try await server.touchmark(["admin", "recover", "Root", "--out", server.folder.path + "/root-id"])
    #expect(recovered.exit == 0, "\(recovered.transcript)")
    try await server.serve()
    let root = ["--identity", server.folder.path + "/root-id.pem"]
    #expect(try await server.touchmark(["admin", "remove", "Anna"] + root).exit == 0)
    let log = try await server.touchmark(["audit", "list", "-o", "jsonl", "--limit", "1000"] + root)
    for act in ["admin.add", "admin.remove", "admin.recover"] { #expect(log.output.contains(#""\#(act)""#)) }
    #expect(try await server.touchmark(["audit", "verify"]).exit == 0)
  }
}

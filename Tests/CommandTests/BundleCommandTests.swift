import AdministrationAPI
import Foundation
import TestKit
import Testing

/// Approvers with keys of their own, from their keys to the bundle that a device verifies.
@Suite(.serialized) struct BundleCommandTests {
  @Test func twoPersonsApproveABundleAndTheServerServesIt() async throws {
    try await RunningServer.with { server in
      let yaml = try #require(server.folder.text("data/touchmark.yaml"))
      let organization = try #require(yaml.split(separator: "\n").first { $0.hasPrefix("organization-id: ") })
        .split(separator: " ")[1]
      let approvers = try await Approvers.founded(in: server.folder, organization: String(organization))
      func run(_ line: [String]) async throws -> Program.Outcome { try await approvers.run(line) }
      let early = try await run(["bundle", "publish", "doc.note", "--data", server.data])
      #expect(early.exit == 6, "\(early.transcript)")
      let installed = try await run(["approver", "install", "doc.note", "--data", server.data])
      #expect(installed.output == "the approvers' document 1 is in force\n", "\(installed.transcript)")
      let draft = try await run([
        "bundle", "draft", "--organization", "\(organization)", "--number", "1", "--author", "dan", "--out", "bundle",
        "--data", server.data,
      ])
      #expect(draft.exit == 0, "\(draft.transcript)")
      try await approvers.sign("bundle", by: ["ann"])
      let alone = try await run(["bundle", "publish", "bundle.ann", "--data", server.data])
      #expect(alone.exit == 4 && alone.errors.contains("1 persons approved it where 2 have to"), "\(alone.transcript)")
      for file in ["bundle.ann", "bundle.note"] {
        try FileManager.default.removeItem(atPath: server.folder.path + "/" + file)
      }
      try await approvers.sign("bundle")
      let published = try await run(["bundle", "publish", "bundle.note", "--data", server.data])
      #expect(published.exit == 0, "\(published.transcript)")
      let again = try await run(["bundle", "publish", "bundle.note", "--data", server.data])
      #expect(again.exit == 6, "\(again.transcript)")
      for address in [server.http, server.https] {
        let fetched = try await Program(path: "/usr/bin/curl").run(
          ["-sf", "--cacert", "data/root.pem", address + "/trust-bundle"], in: server.folder.path)
        #expect(fetched.output == server.folder.text("bundle.note"), "\(address): \(fetched.transcript)")
      }
      let verified = try await run([
        "bundle", "verify", "bundle.note", "--approvers", "doc.note", "--organization", "\(organization)",
      ])
      #expect(verified.exit == 0 && verified.output.hasPrefix(server.folder.text("data/root.pem") ?? "none"))
      let held = try await run([
        "bundle", "verify", "bundle.note", "--approvers", "doc.note", "--organization", "\(organization)", "--held",
        "1",
      ])
      #expect(held.exit == 1 && held.errors.contains("its number is not higher than 1"))
    }
  }
}

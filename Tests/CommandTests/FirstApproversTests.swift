import AdministrationAPI
import Foundation
import TestKit
import Testing

/// An installation that is made with its approvers' first document.
@Suite(.serialized) struct FirstApproversTests {
  @Test func theApproversAreFixedBeforeAnythingElseIs() async throws {
    let outside = try TemporaryFolder()
    defer { outside.remove() }
    let approvers = try await Approvers.founded(in: outside, organization: "org-pumps")
    try await whatIsNoFirstDocumentMakesNothing(approvers)
    let note = outside.path + "/doc.note"
    try await RunningServer.with(["--approvers", note]) { server in
      #expect(server.folder.text("data/touchmark.yaml")?.contains("organization-id: org-pumps\n") == true)
      let first = try await Program(path: "/usr/bin/curl").run(["-sf", server.http + "/trust-bundle/approvers/1"])
      #expect(first.output == outside.text("doc.note"), "\(first.transcript)")
      // Whoever administers cannot name others, not even the same again.
      let refused = try await server.touchmark(["approver", "install", note])
      #expect(refused.exit == 6, "\(refused.transcript)")
      let log = try await server.touchmark(["audit", "list", "-o", "jsonl"])
      #expect(log.output.contains("approvers.install") && log.output.contains("ann ben"))
      #expect(try await server.touchmark(["audit", "verify"]).exit == 0)
    }
  }

  private func whatIsNoFirstDocumentMakesNothing(_ approvers: Approvers) async throws {
    let folder = approvers.folder
    #expect(try await approvers.run(["approver", "assemble", "doc.ann", "--out", "alone"]).exit == 0)
    let text = try #require(folder.text("doc.note"))
    try folder.write("second", text.replacing("number: 1", with: "number: 2"))
    for (file, words) in [
      ("alone", "ben is new in it and has not signed it"), ("second", "not taken"), ("phrase", "cannot be read"),
      ("none", "there is no file"),
    ] {
      let refused = try await Program.touchmark.run([
        "init", "--data", folder.path + "/data", "--organization", "Pumps", "--approvers", folder.path + "/" + file,
      ])
      #expect(refused.exit != 0 && refused.errors.contains(words), "\(file): \(refused.transcript)")
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/data"))
    }
  }
}

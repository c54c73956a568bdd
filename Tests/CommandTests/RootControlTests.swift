import AdministrationAPI
import Foundation
import TestKit
import Testing

/// Approvers before a root: every command that opens its key, without them and with them.
@Suite(.serialized) struct RootControlTests {
  /// What a command is told of the root's passphrase files: none; a demonstration's root is opened by the machine.
  private func run(_ server: RunningServer, _ line: [String]) async throws -> Program.Outcome {
    try await Program.touchmark.run(line, in: server.folder.path)
  }

  private func organization(_ server: RunningServer) throws -> String {
    let yaml = try #require(server.folder.text("data/touchmark.yaml"))
    let line = try #require(yaml.split(separator: "\n").first { $0.hasPrefix("organization-id: ") })
    return String(line.split(separator: " ")[1])
  }

  private func expect(
    _ outcome: Program.Outcome, says words: String, at location: SourceLocation = #_sourceLocation
  ) {
    #expect(
      outcome.exit != 0 && outcome.errors.contains(words) && outcome.errors.contains("approver sign"),
      "\(outcome.transcript)", sourceLocation: location)
  }

  @Test func everyActOnTheRootTakesTwoPersons() async throws {
    try await RunningServer.with { server in
      let here = ["--data", server.data]
      let before = try await server.touchmark(["doctor", "-o", "json"])
      #expect(before.output.contains("one person can act on the root"))
      let early = try await run(server, ["authority", "renew", "idevid"] + here)
      #expect(early.exit == 0, "\(early.transcript)")

      let approvers = try await Approvers.founded(
        in: server.folder, organization: try organization(server), purpose: "root-ceremony")
      let installed = try await run(server, ["approver", "install", "doc.note"] + here)
      #expect(installed.exit == 0, "\(installed.transcript)")
      let after = try await server.touchmark(["doctor", "-o", "json"])
      #expect(after.output.contains("2 of 2 approvers have to approve an act on the root"))

      let all: [AuthorityItem] = try await server.json(["authority", "list"])
      let retired = try #require(all.first { $0.purpose == "idevid" && $0.state == "retired" }).id
      // Every command that opens a root's key: docs/ceremony.md lists them.
      let acts: [[String]] = [
        ["authority", "renew", "operational"], ["authority", "revoke", retired, "--reason", "superseded"],
        ["authority", "crl", "root"], ["authority", "crl", "successor"], ["authority", "add", "acme-corp"],
        ["root", "succeed"],
        ["root", "succeed", "--compromised"], ["root", "export", "--to", "r1.keys"],
        ["root", "export", "--which", "successor", "--to", "r2.keys", "--remove"],
      ]
      for act in acts {
        let refused = try await run(server, act + here)
        #expect(refused.exit != 0 && refused.errors.contains("approver sign"), "\(act): \(refused.transcript)")
      }
      #expect(!FileManager.default.fileExists(atPath: server.folder.path + "/r1.keys"))
      #expect(FileManager.default.fileExists(atPath: server.data + "/successor"))
      let left: [AuthorityItem] = try await server.json(["authority", "list"])
      #expect(left == all)
      try await twoPersonsRenew(server, approvers)
      try await export(server, approvers)
      try await restore(server, approvers)
    }
  }

  private func twoPersonsRenew(_ server: RunningServer, _ approvers: Approvers) async throws {
    let here = ["--data", server.data]
    for file in ["ask", "other"] {
      let asked = try await run(server, ["authority", "renew", "operational", "--request", file] + here)
      #expect(asked.exit == 0, "\(asked.transcript)")
    }
    func answer(_ approval: String?, of request: String = "ask", out: String = "no-answer") async throws
      -> Program.Outcome
    {
      try await run(
        server,
        ["root", "answer", request, "--out", out, "--yes"] + here
          + (approval.map { ["--approval", $0] } ?? []))
    }
    expect(try await answer(nil), says: "2 of 2 approvers have to approve renew-authority")
    try await approvers.sign("ask", by: ["ann"])
    expect(try await answer("ask.note"), says: "1 persons approved it where 2 have to")
    // The same person twice is one person.
    let one = try #require(server.folder.text("ask.ann"))
    let line = try #require(one.split(separator: "\n").last)
    try server.folder.write("twice", one + line + "\n")
    expect(try await answer("twice"), says: "1 persons approved it where 2 have to")
    for file in ["ask.ann", "ask.note"] {
      try FileManager.default.removeItem(atPath: server.folder.path + "/" + file)
    }
    try await approvers.sign("ask")
    expect(try await answer("ask.note", of: "other"), says: "over another file")
    try await altered(server, answer)
    #expect(!FileManager.default.fileExists(atPath: server.folder.path + "/no-answer"))

    let signed = try await answer("ask.note", out: "answer")
    #expect(signed.exit == 0, "\(signed.transcript)")
    // The server holds the approval to its own document, whoever had the root's key.
    let text = try #require(server.folder.text("answer"))
    let bare = text.split(separator: "\n").filter { !$0.hasPrefix("approval: ") }.joined(separator: "\n") + "\n"
    try server.folder.write("bare", bare)
    expect(try await run(server, ["root", "install", "bare"] + here), says: "2 of 2 approvers")
    let done = try await run(server, ["root", "install", "answer"] + here)
    #expect(done.exit == 0, "\(done.transcript)")
    let log = try await server.touchmark(["audit", "list", "-o", "jsonl"])
    let entry = try #require(
      log.output.split(separator: "\n").first { $0.contains("authority.renew") && $0.contains("approved_by") })
    #expect(entry.contains("ann ben") && entry.contains("root-act") && entry.contains("approver"), "\(entry)")
    #expect(try await server.touchmark(["audit", "verify"]).exit == 0)
    _ = try await ForeignDevice.enrolled("PUMP-1", at: server)
  }

  /// Each line of what was approved, changed by a letter.
  private func altered(
    _ server: RunningServer, _ answer: (String?, String, String) async throws -> Program.Outcome
  ) async throws {
    let note = try #require(server.folder.text("ask.note"))
    for (from, to) in [
      ("act: renew", "act: rebew"), ("approvers: 1", "approvers: 2"), ("expires: 20", "expires: 21"),
      ("sha256: ", "sha256: 0"), ("organization: ", "organization: x"),
    ] {
      try server.folder.write("altered", note.replacing(from, with: to))
      let refused = try await answer("altered", "ask", "no-answer")
      #expect(refused.exit != 0 && refused.errors.contains("approver sign"), "\(from): \(refused.transcript)")
    }
  }

  /// A root leaves the machine with leave alone, and its file knows that approvers stand before it.
  private func export(_ server: RunningServer, _ approvers: Approvers) async throws {
    try server.folder.write("export-phrase", "a passphrase for the root's file\n")
    let line =
      ["root", "export", "--to", "r1.keys", "--remove", "--passphrase-file", "export-phrase", "--data", server.data]
      + ["--request", "leave"]
    let asked = try await run(server, line)
    #expect(asked.exit == 0 && asked.errors.contains("nothing is exported yet"), "\(asked.transcript)")
    expect(try await run(server, line), says: "2 of 2 approvers have to approve export-root")
    try await approvers.sign("leave")
    let wrong = try await run(server, line + ["--approval", "ask.note"])
    #expect(wrong.exit != 0 && !FileManager.default.fileExists(atPath: server.folder.path + "/r1.keys"))
    let exported = try await run(server, line + ["--approval", "leave.note"])
    #expect(exported.exit == 0, "\(exported.transcript)")
    #expect(!FileManager.default.fileExists(atPath: server.data + "/root"))
    let log = try await server.touchmark(["audit", "list", "-o", "jsonl"])
    #expect(
      log.output.split(separator: "\n").contains { $0.contains("root.export") && $0.contains("approved_by") })
    // Used once: the same leave lets nothing else out.
    let again = try await run(
      server,
      ["root", "export", "--to", "r9.keys", "--passphrase-file", "export-phrase", "--request", "leave", "--approval"]
        + ["leave.note", "--data", server.data])
    #expect(again.exit != 0, "\(again.transcript)")
    // From the file, on a machine that has nothing else.
    let asking = try await run(server, ["authority", "crl", "root", "--request", "list", "--data", server.data])
    #expect(asking.exit == 0, "\(asking.transcript)")
    let answer = [
      "root", "answer", "list", "--root", "r1.keys", "--passphrase-file", "export-phrase", "--yes", "--out",
    ]
    expect(try await run(server, answer + ["list.answer"]), says: "2 of 2 approvers have to approve publish-list")
    try await approvers.sign("list")
    let signed = try await run(server, answer + ["list.answer", "--approval", "list.note"])
    #expect(signed.exit == 0, "\(signed.transcript)")
    #expect(try await run(server, ["root", "install", "list.answer", "--data", server.data]).exit == 0)
  }

  private func restore(_ server: RunningServer, _ approvers: Approvers) async throws {
    try server.folder.write("backup-phrase", "a passphrase for backups\n")
    let written = try await server.touchmark(
      ["backup", "--to", server.folder.path + "/backup", "--passphrase-file", server.folder.path + "/backup-phrase"])
    #expect(written.exit == 0, "\(written.transcript)")
    let line =
      ["restore", "backup", "--data", "again", "--passphrase-file", "backup-phrase"] + RunningServer.withoutLists
    expect(try await run(server, line), says: "2 of 2 approvers have to approve open-epoch")
    #expect(try await run(server, line + ["--request", "epoch"]).exit == 0)
    let answer = ["root", "answer", "epoch", "--root", "r1.keys", "--passphrase-file", "export-phrase", "--yes"]
    expect(try await run(server, answer + ["--out", "epoch.answer"]), says: "approve open-epoch")
    try await approvers.sign("epoch")
    let signed = try await run(server, answer + ["--out", "epoch.answer", "--approval", "epoch.note"])
    #expect(signed.exit == 0, "\(signed.transcript)")
    let text = try #require(server.folder.text("epoch.answer"))
    let bare = text.split(separator: "\n").filter { !$0.hasPrefix("approval: ") }.joined(separator: "\n") + "\n"
    try server.folder.write("epoch.bare", bare)
    expect(try await run(server, line + ["--request", "epoch", "--answer", "epoch.bare"]), says: "approve open-epoch")
    let restored = try await run(server, line + ["--request", "epoch", "--answer", "epoch.answer"])
    #expect(restored.exit == 0, "\(restored.transcript)")
    #expect(try await run(server, ["audit", "verify", "--data", "again"]).exit == 0)
  }
}

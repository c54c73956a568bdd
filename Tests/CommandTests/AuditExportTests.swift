import AdministrationAPI
import Foundation
import TestKit
import Testing
import touchmark

/// What an auditor is handed, and what the auditor can find out about it.
@Suite(.serialized) struct AuditExportTests {
  private struct Report: Decodable {
    let clean: Bool
    let entries: Int
    let limits: [String]
  }

  @Test func anExportSaysWhatWasDone() async throws {
    try await RunningServer.with { server in
      #expect(try await server.touchmark(["device", "add", "A-1", "--profile", "operational"]).exit == 0)
      let made = try await server.touchmark([
        "certificate", "issue", "b.example", "--profile", "server", "--out", server.folder.path + "/out",
      ])
      #expect(made.exit == 0, "\(made.transcript)")
      let serial = try #require(made.output.split(separator: " ").first.map(String.init))
      #expect(try await server.touchmark(["certificate", "revoke", serial, "--reason", "superseded"]).exit == 0)
      #expect(try await server.touchmark(["device", "add", "A-1", "--profile", "operational"]).exit == 6)
      await server.stop()

      let export = server.folder.path + "/export"
      let exported = try await server.touchmark([
        "audit", "export", "--period", "2020-01-01..2099-12-31", "--to", export,
      ])
      #expect(exported.exit == 0, "\(exported.transcript)")
      let again = try await server.touchmark(["audit", "export", "--period", "2020-01-01..2099-12-31", "--to", export])
      #expect(again.exit == 6)
      for (file, text) in [
        ("issued.csv", "b.example"), ("issued.csv", "server v1"), ("revoked.csv", "superseded"),
        ("refused.csv", "device.add"), ("administration.csv", "device.add"),
        ("profiles/server-v1.yaml", "name: server"),
        ("README.html", "audit verify --export"),
      ] {
        #expect(server.folder.text("export/\(file)")?.contains(text) == true, "\(text) in \(file)")
      }
    }
  }

  @Test func whatIsChangedInAnExportIsFound() async throws {
    try await RunningServer.with { server in
      #expect(try await server.touchmark(["device", "add", "A-1", "--profile", "operational"]).exit == 0)
      await server.stop()
      let export = server.folder.path + "/export"
      let key = server.folder.path + "/kept.pub"
      try FileManager.default.copyItem(atPath: server.data + "/audit.pub", toPath: key)
      let period = ["audit", "export", "--period", "2020-01-01..2099-12-31", "--to", export]
      #expect(try await server.touchmark(period).exit == 0)
      try FileManager.default.removeItem(atPath: server.data)
      let verify = ["audit", "verify", "--export", export, "--key", key, "-o", "json"]
      let whole = try await Program.touchmark.run(verify)
      #expect(whole.exit == 0, "\(whole.transcript)")
      let report = try #require(try JSONDecoder().decode([Report].self, from: Data(whole.output.utf8)).first)
      #expect(report.clean && report.entries > 5)
      #expect(!report.limits.contains { $0.contains("no public key") })
      let unsigned = try await Program.touchmark.run(["audit", "verify", "--export", export])
      #expect(unsigned.exit == 0 && unsigned.output.contains("no public key of the log was given"))

      for (file, old, new) in [
        ("administration.csv", "device.add", "device.sad"), ("entries.jsonl", "\"index\":1,", "\"index\":2,"),
        ("proof.json", "\"first\" : 0", "\"first\" : 1"), ("checkpoint.note", "\n", "\n7"),
      ] {
        let text = try #require(server.folder.text("export/\(file)"))
        let place = try #require(text.firstRange(of: old))
        try server.folder.write("export/\(file)", text.replacingCharacters(in: place, with: new))
        let outcome = try await Program.touchmark.run(verify)
        #expect(outcome.exit == 8, "\(file): \(outcome.transcript)")
        try server.folder.write("export/\(file)", text)
      }
    }
  }

  @Test func anActOnManyNamesItsMembers() async throws {
    try await RunningServer.with { server in
      for serial in ["A-1", "A-2"] {
        let added = try await server.touchmark([
          "device", "add", serial, "--profile", "operational", "--product", "pump",
        ])
        #expect(added.exit == 0)
      }
      #expect(try await server.touchmark(["device", "retire", "A-2"]).exit == 0)
      let note = try await server.touchmark(["audit", "checkpoint"])
      #expect(note.exit == 0 && note.output.hasPrefix("touchmark/"), "\(note.transcript)")
      let act: BulkActItem = try await server.json([
        "device", "suspend", "--where", "product=pump", "--yes", "--reason", "=cmd()",
      ])
      #expect((act.done, act.refused) == (1, 1))
      let refused: [BulkMemberItem] = try await server.json(["act", "members", act.id, "--refused"])
      #expect(refused.map(\.serial) == ["A-2"])
      let members: [BulkMemberItem] = try await server.json(["act", "members", act.id])
      #expect(members.compactMap(\.serial).sorted() == ["A-1", "A-2"])
      await server.stop()

      let export = server.folder.path + "/export"
      let period = ["audit", "export", "--period", "2020-01-01..2099-12-31", "--to", export]
      #expect(try await server.touchmark(period).exit == 0)
      let file = "export/members/\(act.id).csv"
      let list = try #require(server.folder.text(file))
      #expect(list.contains(",A-1,done,") && list.contains(",A-2,refused,"), "\(list)")
      #expect(server.folder.text("export/revoked.csv")?.contains(",'=cmd(),") == true)
      let verify = ["audit", "verify", "--export", export]
      #expect(try await Program.touchmark.run(verify).exit == 0)
      try server.folder.write(file, list.replacing(",A-1,", with: "0,A-1,"))
      let changed = try await Program.touchmark.run(verify)
      #expect(changed.exit == 8 && changed.output.contains("members/\(act.id).csv"), "\(changed.transcript)")
    }
  }

  @Test func aPeriodIsOfDaysOrMoments() throws {
    let days = try #require(AuditPeriod(argument: "2026-11-01..2026-11-30"))
    #expect("\(days.from) \(days.to)" == "2026-11-01T00:00:00Z 2026-11-30T23:59:59Z")
    let moments = try #require(AuditPeriod(argument: "2026-11-01T08:00:00Z..2026-11-01T08:00:00Z"))
    #expect("\(moments.from) \(moments.to)" == "2026-11-01T08:00:00Z 2026-11-01T08:00:00Z")
    for text in ["", "..", "2026-11-01", "2026-11-02..2026-11-01", "2026-13-01..2027-01-01"] {
      #expect(AuditPeriod(argument: text) == nil)
    }
  }
}

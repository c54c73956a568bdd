import AdministrationAPI
import TestKit
import Testing

/// Import, lists in every format over more than one page, and the other nouns, through the real program.
@Suite(.serialized) struct ListingTests {
  @Test func anImportIsHarmlessTwiceAndListsPageByThemselves() async throws {
    try await RunningServer.with { server in
      let lines = (1...1203).map { "S-\(10_000 + $0),operational,L\($0 % 3)" }
      let file = (["serial,profile,lot"] + lines).joined(separator: "\n") + "\n"
      let first = try await server.touchmark(["device", "import", "-"], input: file)
      #expect(first.transcript == "1203 added, 0 unchanged, 0 refused\n[0]\n")
      let second = try await server.touchmark(["device", "import", "-"], input: file + "S-1,nonesuch,L1\n")
      #expect(second.output == "0 added, 1203 unchanged, 1 refused\n")
      #expect(second.errors.hasPrefix("touchmark: line 1205: "))
      #expect(second.exit == 1)

      let all: [DeviceItem] = try await server.json(["device", "list"])
      #expect(all.count == 1203)
      #expect(Set(all.map(\.serial)).count == 1203)
      let some: [DeviceItem] = try await server.json(["device", "list", "--lot", "L1", "--limit", "7"])
      #expect(some.count == 7 && some.allSatisfy { $0.lot == "L1" })
      let table = try await server.touchmark(["device", "list", "--prefix", "S-1000"])
      #expect(table.output.split(separator: "\n").count == 10)
      let csv = try await server.touchmark(["device", "list", "-o", "csv"])
      #expect(csv.output.split(separator: "\r\n").count == 1204)
      let jsonl = try await server.touchmark(["device", "list", "-o", "jsonl", "--limit", "3"])
      #expect(jsonl.output.split(separator: "\n").count == 3)
    }
  }

  @Test func grantsAreCounted() async throws {
    try await RunningServer.with { server in
      let made: IssuedGrant = try await server.json([
        "grant", "add", "--profile", "operational", "--uses", "3", "--expires-in", "24h", "--serials", "G-1..G-9",
      ])
      #expect(made.uses == 3 && made.profile == "operational" && made.secret.count == 43)
      let shown: GrantItem = try await server.json(["grant", "show", made.name])
      #expect(shown.left == 3 && shown.serialsFrom == "G-1" && shown.serialsTo == "G-9")
      let listed: [GrantItem] = try await server.json(["grant", "list"])
      #expect(listed.map(\.name) == [made.name])
      let revoked = try await server.touchmark(["grant", "revoke", made.name])
      #expect(revoked.transcript == "\(made.name) is revoked; 0 devices enrolled through it\n[0]\n")
    }
  }

  @Test func authoritiesPublishTheirLists() async throws {
    try await RunningServer.with { server in
      let all: [AuthorityItem] = try await server.json(["authority", "list"])
      #expect(Set(all.map(\.purpose)).isSuperset(of: ["root", "successor", "idevid", "operational", "installation"]))
      let published: PublishedList = try await server.json(["authority", "crl", "operational"])
      let after: AuthorityItem = try await server.json(["authority", "show", "operational"])
      #expect(after.crlNumber ?? 0 >= published.number)
      #expect(try await server.touchmark(["authority", "show", "nonesuch"]).exit == 5)
    }
  }
}

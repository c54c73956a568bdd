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
      let add = ["grant", "add", "--profile", "operational", "--uses", "3", "--expires-in", "24h"]
      let made: IssuedGrant = try await server.json(add + ["--serials", "G-1..G-9"])
      #expect(made.uses == 3 && made.profile == "operational" && made.secret.count == 43)
      let shown: GrantItem = try await server.json(["grant", "show", made.name])
      #expect(shown.left == 3 && shown.serialsFrom == "G-1" && shown.serialsTo == "G-9")
      let listed: [GrantItem] = try await server.json(["grant", "list"])
      #expect(listed.map(\.name) == [made.name])
      try await enrollThroughTheLine(of: try await server.touchmark(add + ["--serials", "H-1..H-9"]).output, server)

      let revoked = try await server.touchmark(["grant", "revoke", made.name])
      #expect(revoked.transcript == "\(made.name) is revoked; 0 devices enrolled through it\n[0]\n")
    }
  }

  /// The line that `grant add` prints names the first serial of its range, and works as it stands.
  private func enrollThroughTheLine(of output: String, _ server: RunningServer) async throws {
    let name = try #require(output.split(separator: " ").first.map(String.init))
    let line = try #require(output.split(separator: "\n").last.map(String.init))
    let pasted = try await Program(path: "/bin/sh").run(["-c", line], in: server.folder.path)
    #expect(pasted.exit == 0, "\(pasted.transcript)")
    let shown: GrantItem = try await server.json(["grant", "show", name])
    #expect(shown.issued == 1 && shown.left == 2)
    let device: DeviceDetail = try await server.json(["device", "show", "H-1"])
    #expect(device.device.state == "active" && device.certificates.map(\.grant) == [name])
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

import AdministrationAPI
import Foundation
import Issuance
import NIOHTTP1
import Registry
import TestKit
import Testing
import WebService
import WireFormats

/// Acts on many that make secrets, readmit and end grants; the log by selection; and how far a compromise reaches.
@Suite struct RESTManyTests {
  @Test func secretsOfManyAreShownOnce() async throws {
    try await RESTScene.with { scene in
      try await RESTActTests.register(scene, 6)
      _ = try await scene.call(.POST, "/devices/P-2/suspend")
      let body = #"{"act":"device.invite","where":"product=pump","expires_in":"2h"}"#
      let prepared: BulkActItem = try await scene.expect("BulkAct", .POST, "/acts", body).decoded()
      let path = "/acts/\(prepared.id)/invitations"
      try await scene.refuses(409, "conflict", .POST, path, #"{"after":0}"#)
      try await scene.expect("BulkAct", .POST, "/acts/\(prepared.id)/start")
      // No process does it by itself.
      try await RESTActTests.runner(scene).finishAll()
      try await scene.refuses(409, "conflict", .POST, path, #"{"after":1}"#)
      let first: ActInvitations = try await scene.expect(
        "ActInvitations", .POST, path, #"{"after":0}"#, key: "i-1"
      ).decoded()
      #expect(first.items.map(\.serial) == ["P-0", nil, "P-4"] && first.items.map(\.position) == [1, 2, 3])
      #expect(first.items[1].refusal == "the device is suspended; no secret is made for it")
      #expect((first.act.state, first.act.done, first.act.refused) == ("done", 2, 1))
      // The answer to a repeated request is the same; another request voids its secrets.
      let repeated: ActInvitations = try await scene.call(.POST, path, #"{"after":0}"#, key: "i-1").decoded()
      #expect(repeated == first)
      let again: ActInvitations = try await scene.call(.POST, path, #"{"after":0}"#).decoded()
      #expect((again.act.done, again.act.processed) == (2, 3))
      let csr = try await RESTScene.csr("P-4")
      for (secret, isGood) in [(first.items[2].secret, false), (again.items[2].secret, true)] {
        let answer = try await scene.call(
          .POST, "/enroll", #"{"csr":"\#(csr)"}"#, as: "nobody",
          headers: [RESTScene.basic("P-4", try #require(secret))])
        #expect((answer.status < 300) == isGood, "\(answer.text)")
      }
      // One entry for all, and no secret in it.
      let entries = try await RESTActTests.log(scene).filter { $0.act == "device.invite" }
      #expect(entries.map(\.outcome).filter { $0 == "ok" }.count == 1)
      #expect(entries.last { $0.outcome == "ok" }?.details["members"] == "3")
      try await scene.refuses(403, "forbidden", .POST, path, #"{"after":0}"#, as: "auditor")
    }
  }

  /// An answer that is longer than custody seals at once is kept and given again all the same.
  @Test func aLongAnswerIsKeptToo() async throws {
    try await RESTScene.with { scene in
      let lines = (0..<1500).map { #"{"serial":"L-\#($0)","profile":"nonesuch-\#($0)"}"# }.joined(separator: "\n")
      let first = try await scene.call(
        .POST, "/devices/import", lines, key: "long", headers: [("Content-Type", "application/jsonl")])
      #expect(first.status == 200 && first.body.count > 40_000, "\(first.status)")
      let again = try await scene.call(
        .POST, "/devices/import", lines, key: "long", headers: [("Content-Type", "application/jsonl")])
      #expect(again.body == first.body && again.headers.contains(name: "idempotency-replayed"))
    }
  }

  @Test func manyAreReadmittedAndGrantsRevoked() async throws {
    try await RESTScene.with { scene in
      _ = try await scene.enrolled("E-1")
      try await RESTActTests.register(scene, 2)
      let readmit = #"{"act":"device.readmit","where":"serial~E or serial~P","for":"48h","start":true}"#
      let act: BulkActItem = try await scene.expect("BulkAct", .POST, "/acts", readmit).decoded()
      try await RESTActTests.runner(scene).finishAll()
      let done: BulkActItem = try await scene.call(.GET, "/acts/\(act.id)").decoded()
      #expect((done.state, done.done, done.refused) == ("done", 1, 2))
      let until = try await scene.installation.store.read {
        try $0.devices(serial: "E-1", in: scene.installation.organization).first?.readmittedUntil
      }
      #expect(until != nil)
      #expect(
        try await RESTActTests.log(scene).filter { $0.act == "device.readmit" }.map { $0.details["for"] } == ["2d"])
      try await scene.refuses(400, "bad_request", .POST, "/acts", #"{"act":"device.readmit","where":"serial~E"}"#)
      try await scene.refuses(
        400, "bad_request", .POST, "/acts", #"{"act":"device.readmit","where":"serial~E","for":"90d"}"#)

      for lot in ["7", "7", "8"] {
        _ = try await scene.call(
          .POST, "/grants", #"{"profile":"operational","uses":2,"expires_in":"1d","lot":"\#(lot)"}"#)
      }
      let revoke = #"{"act":"grant.revoke","where":"lot=7","reason":"line moved","start":true}"#
      let grants: BulkActItem = try await scene.expect("BulkAct", .POST, "/acts", revoke).decoded()
      try await RESTActTests.runner(scene).finishAll()
      let left: ItemPage<GrantItem> = try await scene.call(.GET, "/grants?where=revoked%3Dnever").decoded()
      #expect(grants.members == 2 && left.items.map(\.lot) == ["8"])
      #expect(try await RESTActTests.log(scene).filter { $0.act == "grant.revoke" }.map(\.reason) == ["line moved"])
      let members: ItemPage<BulkMemberItem> = try await scene.call(
        .GET, "/acts/\(grants.id)/members"
      ).decoded()
      #expect(members.items.allSatisfy { $0.grant != nil } && members.items.count == 2)
      // An operator's selection of fields of a grant, and not of a device.
      try await scene.refuses(400, "bad_request", .POST, "/acts", #"{"act":"grant.revoke","where":"product=pump"}"#)
    }
  }

  @Test func theLogIsSelected() async throws {
    try await RESTScene.with { scene in
      try await RESTActTests.register(scene, 3)
      _ = try await scene.call(.POST, "/devices/P-1/suspend", #"{"reason":"lost"}"#)
      _ = try await scene.call(.POST, "/devices/P-1/suspend")
      let act = #"{"act":"device.label","where":"serial=P-1","labels":{"x":"1"},"start":true}"#
      let labeled: BulkActItem = try await scene.call(.POST, "/acts", act).decoded()
      func acts(_ text: String) async throws -> [String] {
        let escaped = text.replacingOccurrences(of: " ", with: "%20").replacingOccurrences(of: "=", with: "%3D")
        let page: ItemPage<AuditItem> = try await scene.call(.GET, "/audit?where=\(escaped)").decoded()
        return page.items.map(\.act)
      }
      #expect(try await acts("device=P-1") == ["device.add", "device.suspend", "device.label"])
      #expect(try await acts("device=P-1 and reason=lost") == ["device.suspend"])
      #expect(try await acts("outcome=refused and detail.code=conflict") == ["device.suspend"])
      #expect(try await acts("subject=act:\(labeled.id)") == ["device.label"])
      #expect(try await acts("act=device.add").count == 3)
      try await scene.refuses(400, "bad_request", .GET, "/audit?where=product%3Dpump")
      try await scene.refuses(400, "bad_request", .GET, "/audit?where=act%3Dx&latest=true")
    }
  }

  /// A root reaches what its intermediates issued; a manufacturer's authority, its namespace.
  @Test func reachGoesDownAndIntoANamespace() async throws {
    try await RESTScene.with { scene in
      _ = try await scene.enrolled("E-1")
      _ = try await scene.enrolled("E-2")
      try await RESTActTests.register(scene, 2)
      let page: ItemPage<AuthorityItem> = try await scene.call(.GET, "/authorities?limit=100").decoded()
      func id(_ purpose: String) throws -> String { try #require(page.items.first { $0.purpose == purpose }).id }
      for (name, devices) in [(try id("root"), 2), ("root", 2), (try id("operational"), 2), (try id("idevid"), 0)] {
        let reach: Reach = try await scene.expect("Reach", .GET, "/reports/reach?authority=\(name)").decoded()
        #expect(reach.devices == devices, "\(name): \(reach)")
      }
      // By the root's certificate it is the same.
      let installation = scene.installation
      let records = try await installation.store.read { try $0.authorities(in: installation.organization) }
      let root = try #require(records.first { $0.purpose == .root })
      let byRoot: Reach = try await scene.call(
        .GET, "/reports/reach?certificate_sha256=\(Hex.encode(Fingerprint.of(root.certificate)))"
      ).decoded()
      #expect(byRoot.devices == 2 && byRoot.byState == ["active": 2])
      // The selection that it prints finds the same devices.
      let escaped = try #require(byRoot.where.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
      let listed: ItemPage<DeviceItem> = try await scene.call(.GET, "/devices?where=\(escaped)").decoded()
      #expect(listed.items.map(\.serial) == ["E-1", "E-2"])

      let maker = try SmallAuthority(name: "maker", at: .present).certificate
      try await installation.store.write { writer in
        let organization = installation.organization
        try writer.insert(
          TrustAnchorRecord(
            name: "maker", certificate: maker.encoded, profiles: [], manufacturer: "maker", addedAt: .present,
            addedBy: "test"), in: organization)
      }
      let lines = #"{"serial":"M-1","profile":"operational","manufacturer":"maker","product":"valve"}"#
      _ = try await scene.call(.POST, "/devices/import", lines, headers: [("Content-Type", "application/jsonl")])
      let byMaker: Reach = try await scene.expect(
        "Reach", .GET, "/reports/reach?certificate_sha256=\(Hex.encode(maker.fingerprint))"
      ).decoded()
      #expect(byMaker.devices == 1 && byMaker.byProduct == ["valve": 1] && byMaker.where == "manufacturer='maker'")
      #expect(!byMaker.limits.isEmpty)
    }
  }

  /// RFC 9608: what cannot be held is said, with the time that it lives on.
  @Test func whatVerifiersAcceptNeverthelessIsSaid() async throws {
    try await RESTScene.with { scene in
      let shown = try await scene.expect("Profile", .GET, "/profiles/operational")
      let document =
        try #require(shown["document"]).replacingOccurrences(of: "name: operational", with: "name: brief")
        .split(separator: "\n").filter { !$0.hasPrefix("revocation:") }.joined(separator: "\n") + "\nrevocation: none\n"
      let applied = try await scene.call(
        .PUT, "/profiles/brief", document, headers: [("Content-Type", "application/yaml")])
      #expect(applied.status < 300, "\(applied.text)")
      for serial in ["B-1", "B-2"] { _ = try await scene.enrolled(serial, profile: "brief") }
      _ = try await scene.enrolled("E-1")
      let one: DeviceItem = try await scene.expect("Device", .POST, "/devices/B-1/suspend").decoded()
      #expect(one.verifiersAcceptUntil != nil && one.verifiersAcceptUntil == one.expiresAt)
      let usual: DeviceItem = try await scene.expect("Device", .POST, "/devices/E-1/suspend").decoded()
      #expect(usual.verifiersAcceptUntil == nil)
      let act: BulkActItem = try await scene.call(
        .POST, "/acts", #"{"act":"device.retire","where":"registered<1d","start":true}"#
      ).decoded()
      try await RESTActTests.runner(scene).finishAll()
      let done: BulkActItem = try await scene.expect("BulkAct", .GET, "/acts/\(act.id)").decoded()
      let last: DeviceDetail = try await scene.call(.GET, "/devices/B-2").decoded()
      #expect(done.done == 3 && done.verifiersAccept?.certificates == 2)
      #expect(done.verifiersAccept?.until == last.device.expiresAt)
      // The one entry says it as the entry of an act on one device does.
      let entries = try await RESTActTests.log(scene).filter { $0.act == "device.retire" }
      #expect(
        entries.map { $0.details["verifiers_accept"] } == ["2 certificates until \(last.device.expiresAt ?? "")"])
    }
  }
}

import AdministrationAPI
import Issuance
import NIOHTTP1
import Registry
import TestKit
import Testing
import WebService

/// Selections, acts on many, and the state of the fleet, over the interface.
@Suite struct RESTActTests {
  static func register(_ scene: RESTScene, _ count: Int) async throws {
    let lines = (0..<count).map { number in
      #"{"serial":"P-\#(number)","profile":"operational","product":"\#(number % 2 == 0 ? "pump" : "valve")","#
        + #""labels":{"batch":"\#(number < 4 ? 42 : 43)"}}"#
    }
    let answer = try await scene.call(
      .POST, "/devices/import", lines.joined(separator: "\n"), headers: [("Content-Type", "application/jsonl")])
    #expect(answer.status == 200, "\(answer.text)")
  }

  static func runner(_ scene: RESTScene) -> BulkActRunner {
    BulkActRunner(
      store: scene.installation.store, organization: scene.installation.organization,
      clock: scene.installation.clock.now)
  }

  @Test func listsAreSelected() async throws {
    try await RESTScene.with { scene in
      try await Self.register(scene, 6)
      let page: ItemPage<DeviceItem> = try await scene.call(
        .GET, "/devices?where=product%3Dpump%20and%20label.batch%3D42"
      ).decoded()
      #expect(page.items.map(\.serial) == ["P-0", "P-2"])
      let wrong = try await scene.refuses(400, "bad_request", .GET, "/devices?where=product%3Dpump%20lot%3D7")
      #expect(wrong["detail"] == "where, at character 14: expected 'and', 'or' or the end, found 'lot'")
      try await scene.refuses(400, "bad_request", .GET, "/certificates?where=bogus%3D1")
      let grants: ItemPage<GrantItem> = try await scene.call(.GET, "/grants?where=lot%3D7").decoded()
      #expect(grants.items.isEmpty)
    }
  }

  @Test func anActOnManyIsOneEntryAndGoesOnInParts() async throws {
    try await RESTScene.with { scene in
      try await Self.register(scene, 300)
      let body = #"{"act":"device.suspend","where":"product=pump","reason":"recall"}"#
      let prepared: BulkActItem = try await scene.expect("BulkAct", .POST, "/acts", body, key: "a-1").decoded()
      #expect(prepared.members == 150 && prepared.state == "prepared" && prepared.membersSHA256.count == 64)
      // Repeated, it is the same act; another device is no member any more.
      let again: BulkActItem = try await scene.call(.POST, "/acts", body, key: "a-1").decoded()
      #expect(again == prepared)
      _ = try await scene.call(
        .POST, "/devices", #"{"serial":"LATE","profile":"operational","product":"pump"}"#, as: "operator")
      // One is retired before its turn.
      _ = try await scene.call(.POST, "/devices/P-10/retire")
      #expect(
        try await scene.call(.GET, "/devices?where=state%3Dsuspended").decoded(ItemPage<DeviceItem>.self).items.isEmpty)

      try await scene.expect("BulkAct", .POST, "/acts/\(prepared.id)/start", as: "operator")
      let before = try await Self.log(scene).count
      try await Self.runner(scene).finishAll()
      let done: BulkActItem = try await scene.call(.GET, "/acts/\(prepared.id)").decoded()
      #expect((done.state, done.done, done.refused, done.by) == ("done", 149, 1, "The operator"))
      let members: ItemPage<BulkMemberItem> = try await scene.call(
        .GET, "/acts/\(prepared.id)/members?limit=1000"
      ).decoded()
      #expect(members.items.count == 150)
      #expect(members.items.compactMap(\.refusal) == ["the device is retired"])
      // Its parts added no entry: the one of the start has the members' digest.
      let entries = try await Self.log(scene)
      #expect(entries.count == before)
      let entry = try #require(entries.first { $0.subject == "act:\(prepared.id)" })
      #expect((entry.act, entry.reason, entry.details["members"]) == ("device.suspend", "recall", "150"))
      #expect(entry.details["members_sha256"] == prepared.membersSHA256)
      // It is part of each member's history, and of nobody else's.
      let story: DeviceDetail = try await scene.call(.GET, "/devices/P-0").decoded()
      #expect(story.device.state == "suspended" && story.history.last?.subject == "act:\(prepared.id)")
      let other: DeviceDetail = try await scene.call(.GET, "/devices/P-10").decoded()
      #expect(!other.history.contains { $0.subject.hasPrefix("act:") })
    }
  }

  static func log(_ scene: RESTScene) async throws -> [AuditItem] {
    let page: ItemPage<AuditItem> = try await scene.call(.GET, "/audit?limit=1000").decoded()
    return page.items
  }

  /// A process that died between two parts: another goes on behind the last durable one.
  @Test func anInterruptedActGoesOnWhereItWas() async throws {
    try await RESTScene.with { scene in
      try await Self.register(scene, 600)
      let act: BulkActItem = try await scene.call(
        .POST, "/acts", #"{"act":"device.label","where":"serial~P-","labels":{"x":"1"},"start":true}"#
      ).decoded()
      let id = try #require(BulkActID(rawValue: act.id))
      #expect(try await Self.runner(scene).step(id))
      let half: BulkActItem = try await scene.call(.GET, "/acts/\(act.id)").decoded()
      #expect(half.state == "running" && half.processed > 0 && half.processed < 600)
      // Two at once do nothing twice.
      async let one: Void = Self.runner(scene).finishAll()
      async let two: Void = Self.runner(scene).finishAll()
      _ = try await (one, two)
      let done: BulkActItem = try await scene.call(.GET, "/acts/\(act.id)").decoded()
      #expect((done.state, done.done, done.refused) == ("done", 600, 0))
      let labeled: ItemPage<DeviceItem> = try await scene.call(.GET, "/devices?where=label.x%3D1&limit=1000").decoded()
      #expect(labeled.items.count == 600)
    }
  }

  @Test(arguments: [
    #"{"act":"device.move","where":"lot=1"}"#, #"{"act":"device.label","where":"lot=1"}"#,
    #"{"act":"device.polish","where":"lot=1"}"#, #"{"act":"device.suspend"}"#,
    #"{"act":"device.suspend","where":"lot"}"#, #"{"act":"certificate.revoke","where":"lot=1","reason":"bored"}"#,
    #"{"act":"certificate.revoke","where":"lot=1","reason":"certificateHold"}"#,
    #"{"act":"device.label","where":"lot=1","labels":{"a b":"1"}}"#,
  ])
  func whatIsNoActIsRefused(_ body: String) async throws {
    try await RESTScene.with { scene in
      try await scene.refuses(400, "bad_request", .POST, "/acts", body)
    }
  }

  @Test func theFleetIsSeenAtOnce() async throws {
    try await RESTScene.with { scene in
      try await Self.register(scene, 4)
      _ = try await scene.enrolled("E-1")
      let status: FleetStatus = try await scene.expect("FleetStatus", .GET, "/status", as: "auditor").decoded()
      #expect((status.active, status.neverEnrolled, status.suspended) == (1, 4, 0))
      #expect(status.issuedLastHour >= 1 && status.logSize > 4 && !status.authorities.isEmpty)
      #expect(status.overdue == .init(count: 0, orMore: false))
      let soon: FleetStatus = try await scene.call(.GET, "/status?expiring_within=10y").decoded()
      #expect(soon.expiring.count == 1)

      let reach: Reach = try await scene.expect("Reach", .GET, "/reports/reach?authority=operational").decoded()
      #expect(reach.devices == 1 && reach.byState == ["active": 1])
      let certificates: ItemPage<CertificateItem> = try await scene.call(
        .GET, "/certificates?where=serial%3DE-1"
      ).decoded()
      let leaf = try #require(certificates.items.first)
      let shared: Reach = try await scene.call(
        .GET, "/reports/reach?certificate_sha256=\(leaf.fingerprint)"
      ).decoded()
      #expect(shared.devices == 1 && shared.where.hasPrefix("key="))
      let firmware: Reach = try await scene.call(.GET, "/reports/reach?firmware=1.2").decoded()
      #expect(firmware.devices == 0 && !firmware.limits.isEmpty)
      try await scene.refuses(404, "not_found", .GET, "/reports/reach?authority=nonesuch")
      try await scene.refuses(400, "bad_request", .GET, "/reports/reach")
    }
  }

  @Test func oneDeviceIsMovedAndLabeled() async throws {
    try await RESTScene.with { scene in
      try await Self.register(scene, 1)
      let moved = try await scene.expect("Device", .POST, "/devices/P-0/move", #"{"profile":"server"}"#)
      #expect(moved["profile"] == "server")
      try await scene.refuses(409, "conflict", .POST, "/devices/P-0/move", #"{"profile":"server"}"#)
      try await scene.refuses(404, "not_found", .POST, "/devices/P-0/move", #"{"profile":"nonesuch"}"#)
      let labeled: DeviceItem = try await scene.expect(
        "Device", .POST, "/devices/P-0/labels", #"{"labels":{"site":"Graz"},"remove_labels":["batch"]}"#
      ).decoded()
      #expect(labeled.labels == ["site": "Graz"])
      #expect(try await scene.acts(of: "P-0").suffix(2) == ["device.move", "device.label"])
    }
  }
}

import AdministrationAPI
import Foundation
import TestKit
import Testing

/// Selections, acts on many and the fleet's state through the real program.
@Suite(.serialized) struct BulkCommandTests {
  @Test func manyAreSuspendedAtOnce() async throws {
    try await RunningServer.with { server in
      let file = server.folder.path + "/devices.csv"
      let lines = (0..<40).map { "P-\(100 + $0),operational,\($0 < 30 ? "pump" : "valve"),\($0 % 2)" }
      try (["serial,profile,product,label.batch"] + lines).joined(separator: "\n")
        .write(toFile: file, atomically: true, encoding: .utf8)
      #expect(try await server.touchmark(["device", "import", file]).exit == 0)

      let asked = try await server.touchmark(["device", "suspend", "--where", "product=pump"])
      #expect(
        asked.transcript == """
          touchmark: product=pump selects 30 devices
          touchmark: nothing was done: no terminal is there to ask on
          hint: add --yes to suspend 30 devices
          [1]

          """)
      let done: BulkActItem = try await server.json([
        "device", "suspend", "--where", "product=pump and label.batch=1", "--yes", "--reason", "recall",
      ])
      #expect((done.state, done.done, done.refused) == ("done", 15, 0))
      let listed: [DeviceItem] = try await server.json(["device", "list", "--where", "state=suspended"])
      #expect(listed.count == 15 && listed.allSatisfy { $0.product == "pump" && $0.labels == ["batch": "1"] })
      #expect(try await server.touchmark(["device", "show", "P-101"]).output.contains("suspended by"))

      // Followed again it is the same act, done.
      let again: BulkActItem = try await server.json(["device", "suspend", "--resume", done.id])
      #expect(again == done)
      #expect(try await server.touchmark(["device", "retire", "--resume", done.id]).exit == 1)
      let none = try await server.touchmark(["device", "resume", "--where", "product=nonesuch", "--yes"])
      #expect(none.transcript == "nothing is selected\n[0]\n")

      let labeled = try await server.touchmark(["device", "label", "P-101", "--set", "site=Graz", "--remove", "batch"])
      #expect(labeled.transcript == "P-101: site=Graz\n[0]\n")
      let moved = try await server.touchmark(["device", "move", "P-101", "--to", "server"])
      #expect(moved.transcript == "P-101 has profile server\n[0]\n")

      let status: FleetStatus = try await server.json(["status"])
      #expect((status.suspended, status.neverEnrolled, status.active) == (15, 25, 0))
      let screen = try await server.touchmark(["status"]).output
      for line in ["devices\n", "never enrolled  25", "authorities\n", "backup", "log "] {
        #expect(screen.contains(line), "\(line) is missing in\n\(screen)")
      }
      let reach: Reach = try await server.json(["report", "reach", "--authority", "operational"])
      #expect(reach.devices == 0 && reach.where.hasPrefix("authority in (operational"))
    }
  }
}

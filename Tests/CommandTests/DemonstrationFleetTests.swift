import AdministrationAPI
import Foundation
import Synchronization
import TestKit
import Testing
import touchmark

@Suite struct DemonstrationFleetTests {
  /// Real clients enroll over EST; a second run, and one after a stop in the middle, change nothing that is there.
  @Test func theFleetEnrollsOnce() async throws {
    try await RunningServer.with { server in
      let interrupted = try await server.touchmark([
        "device", "add", "pump-0001", "--profile", "operational", "--label", "demonstration=yes",
      ])
      #expect(interrupted.exit == 0)

      let first = try await run(server, count: 7)
      #expect(first.contains("touchmark: 7 simulated devices register and enroll over EST\n"))
      #expect(first.contains("device list --data \(server.data)\n"))
      let devices: [DeviceItem] = try await server.json(["device", "list"])
      #expect(devices.count == 7 && devices.allSatisfy { $0.state == "active" && $0.lastContactDoor == "est" })

      let suspended = try await server.touchmark(["device", "suspend", "valve-0002"])
      #expect(suspended.exit == 0)
      let second = try await run(server, count: 7)
      #expect(second.hasPrefix("touchmark: 7 simulated devices are here already\n"))
      let certificates: [CertificateItem] = try await server.json(["certificate", "list", "--profile", "operational"])
      #expect(certificates.count == 7)
    }
  }

  private func run(_ server: RunningServer, count: Int) async throws -> String {
    let location = try ServerLocation.find(data: server.data, server: nil, identity: nil, environment: [:])
    let administrator = try ServerConnection(location)
    let written = Mutex("")
    do {
      try await DemonstrationFleet.run(
        url: server.https, rootPEM: try String(contentsOfFile: server.root, encoding: .utf8),
        administrator: administrator, count: count
      ) { line in written.withLock { $0 += line } }
      await administrator.close()
    } catch {
      await administrator.close()
      throw error
    }
    return written.withLock { $0 }
  }
}

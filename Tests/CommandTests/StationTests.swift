import AdministrationAPI
import Foundation
import TestKit
import Testing
import WireFormats

/// A station carries requests over a wire to devices that have no network.
@Suite(.serialized) struct StationTests {
  private static let count = 40

  private func requests(_ server: RunningServer) async throws -> String {
    let folder = server.folder.path + "/requests"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for number in 1...Self.count {
      let device = try TestDevice("U-\(100 + number)")
      let pem = PEM(label: "CERTIFICATE REQUEST", bytes: try await device.request().encoded).text
      try pem.write(toFile: "\(folder)/unit\(100 + number).csr", atomically: true, encoding: .utf8)
    }
    try "no request".write(toFile: folder + "/broken.csr", atomically: true, encoding: .utf8)
    return folder
  }

  private func results(_ output: String) -> [String: Int] {
    var counts: [String: Int] = [:]
    for line in output.split(separator: "\r\n").dropFirst() {
      counts[String(line.split(separator: ",", omittingEmptySubsequences: false)[2]), default: 0] += 1
    }
    return counts
  }

  @Test func aLineIsCutAndGoesOnAndCountsEachOnce() async throws {
    try await RunningServer.with { server in
      let path = server.folder.path
      #expect(
        try await server.touchmark(
          ["admin", "add", "line-3", "--role", "station", "--profile", "operational", "--out", path + "/line"]
        ).exit == 0)
      let grant: IssuedGrant = try await server.json(
        ["grant", "add", "--profile", "operational", "--uses", "\(Self.count)", "--expires-in", "1h"])
      try grant.secret.write(toFile: path + "/secret", atomically: true, encoding: .utf8)
      let folder = try await requests(server)
      let enroll = [
        "device", "enroll", "--csr", folder, "--grant", grant.name, "--secret-file", path + "/secret", "--out",
        path + "/certificates", "--identity", path + "/line.pem",
      ]
      let first = try await server.touchmark(enroll)
      #expect(first.exit == 1)
      #expect(results(first.output) == ["issued": Self.count, "refused": 1], "\(first.transcript)")
      let shown: GrantItem = try await server.json(["grant", "show", grant.name])
      #expect(shown.issued == Self.count && shown.left == 0)

      // What a cut leaves: answers that were lost, and a half-written file.
      for number in 1...5 { try FileManager.default.removeItem(atPath: "\(path)/certificates/unit\(100 + number).pem") }
      try "half".write(toFile: "\(path)/certificates/unit101.pem.part", atomically: true, encoding: .utf8)
      try FileManager.default.removeItem(atPath: folder + "/broken.csr")
      let second = try await server.touchmark(enroll)
      #expect(second.exit == 0, "\(second.transcript)")
      #expect(results(second.output) == ["kept": Self.count - 5, "repeated": 5])
      let again: GrantItem = try await server.json(["grant", "show", grant.name])
      #expect(again.issued == Self.count && again.repeated == 5)
      let device: DeviceDetail = try await server.json(["device", "show", "U-101"])
      #expect(device.device.state == "active" && device.certificates.first?.principal == "station:line-3")
    }
  }

  @Test func aGrantOfOneStationIsNobodyElses() async throws {
    try await RunningServer.with { server in
      let path = server.folder.path
      for line in ["line-3", "line-4"] {
        let add = ["admin", "add", line, "--role", "station", "--profile", "operational", "--out", "\(path)/\(line)"]
        #expect(try await server.touchmark(add).exit == 0)
      }
      let terms = ["--profile", "operational", "--uses", "5", "--expires-in", "1h"]
      #expect(try await server.touchmark(["grant", "add", "--station", "nobody"] + terms).exit == 5)
      #expect(try await server.touchmark(["grant", "add", "--station", "administrator"] + terms).exit == 5)
      let other = ["--profile", "gateway", "--uses", "5", "--expires-in", "1h", "--station", "line-3"]
      #expect(try await server.touchmark(["grant", "add"] + other).exit == 6)
      let grant: IssuedGrant = try await server.json(["grant", "add", "--station", "line-3"] + terms)
      let shown: GrantItem = try await server.json(["grant", "show", grant.name])
      #expect(shown.station == "line-3")
      try grant.secret.write(toFile: path + "/secret", atomically: true, encoding: .utf8)
      func enroll(_ serial: String, as identity: String?) async throws -> String {
        let request = try await TestDevice(serial).request().encoded
        try PEM(label: "CERTIFICATE REQUEST", bytes: request).text.write(
          toFile: path + "/u.csr", atomically: true, encoding: .utf8)
        return try await server.touchmark(
          [
            "device", "enroll", serial, "--csr", path + "/u.csr", "--grant", grant.name, "--secret-file",
            path + "/secret", "--out", "\(path)/\(serial)-\(identity ?? "admin")",
          ] + (identity.map { ["--identity", "\(path)/\($0).pem"] } ?? [])
        ).output
      }
      #expect(try await enroll("U-1", as: "line-4").contains("for one station alone"))
      #expect(try await enroll("U-1", as: nil).contains("for one station alone"))
      // A device that has the secret, at its own door.
      await #expect(throws: ForeignDevice.Failure.self) {
        try await ForeignDevice("U-1", at: server).enroll(name: grant.name, secret: grant.secret)
      }
      #expect(try await enroll("U-1", as: "line-3").contains(",issued,"))
      // The station's next certificate is the same station's, and a removed one has nothing any more.
      let again = [
        "admin", "add", "line-3", "--role", "station", "--profile", "operational", "--out", path + "/line-3b",
      ]
      #expect(try await server.touchmark(again).exit == 0)
      #expect(try await enroll("U-2", as: "line-3b").contains(",issued,"))
      #expect(try await server.touchmark(["admin", "remove", "line-3"]).exit == 0)
      #expect(try await !enroll("U-3", as: "line-3b").contains(",issued,"))
      let counted: GrantItem = try await server.json(["grant", "show", grant.name])
      #expect(counted.issued == 2)
    }
  }

  @Test func aStationDoesNothingElse() async throws {
    try await RunningServer.with { server in
      let path = server.folder.path
      let add = ["admin", "add", "line-3", "--role", "station", "--profile", "gateway", "--out", path + "/line"]
      #expect(try await server.touchmark(add).exit == 0)
      let grant: IssuedGrant = try await server.json(
        ["grant", "add", "--profile", "operational", "--uses", "2", "--expires-in", "1h"])
      let csr = path + "/u.csr"
      let request = try await TestDevice("U-1").request().encoded
      try PEM(label: "CERTIFICATE REQUEST", bytes: request).text.write(toFile: csr, atomically: true, encoding: .utf8)
      let station = ["--identity", path + "/line.pem"]
      for command in [["device", "list"], ["grant", "list"], ["admin", "list"]] {
        #expect(try await server.touchmark(command + station).exit == 4)
      }
      #expect(
        try await server.touchmark(["certificate", "sign", "--csr", csr, "--profile", "gateway"] + station).exit == 4)
      // Its grant has to be for one of its profiles, and its secret right.
      let enroll = ["device", "enroll", "U-1", "--csr", csr, "--grant", grant.name, "--out", path + "/out"] + station
      #expect(try await server.touchmark(enroll).exit == 2)
      func run(_ secret: String) async throws -> String {
        try secret.write(toFile: path + "/secret", atomically: true, encoding: .utf8)
        return try await server.touchmark(enroll + ["--secret-file", path + "/secret"]).output
      }
      #expect(try await run(grant.secret).contains("this station does not enroll for profile operational"))
      #expect(try await run("wrong").contains("name or secret is wrong"))
    }
  }
}

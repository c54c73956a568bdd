import NIOHTTP1
import TestKit
import Testing
import WebService
import WireFormats

/// Devices, grants and certificates through the interface, each answer held to its schema.
@Suite struct RESTDeviceTests {
  @Test func aDeviceLives() async throws {
    try await RESTScene.with { scene in
      let serial = try await scene.enrolled("PUMP-1")
      try await scene.expect("Certificate", .GET, "/certificates/\(serial)")
      let suspended = try await scene.expect("Device", .POST, "/devices/PUMP-1/suspend", #"{"reason":"stolen"}"#)
      #expect(suspended["state"] == "suspended" && suspended["state_reason"] == "stolen")
      #expect(suspended["state_by"] == "The administrator")
      #expect(try await scene.call(.GET, "/certificates/\(serial)")["status"] == "held")
      try await scene.refuses(409, "conflict", .POST, "/devices/PUMP-1/suspend")
      try await scene.refuses(409, "conflict", .POST, "/devices/PUMP-1/invite")
      #expect(try await scene.expect("Device", .POST, "/devices/PUMP-1/resume")["state"] == "active")
      #expect(try await scene.call(.GET, "/certificates/\(serial)")["status"] == "good")
      let replaced = try await scene.expect("Invitation", .POST, "/devices/PUMP-1/replace", #"{"serial":"PUMP-2"}"#)
      #expect(replaced["serial"] == "PUMP-2")
      let revoked = try await scene.call(.GET, "/certificates/\(serial)")
      #expect(revoked["status"] == "revoked" && revoked["reason"] == "cessationOfOperation")
      try await scene.refuses(409, "conflict", .POST, "/devices/PUMP-1/resume")
      #expect(
        try await scene.acts(of: "PUMP-1") == [
          "device.add", "certificate.issue", "device.suspend", "device.resume", "device.replace",
        ])
    }
  }

  @Test func secretsAreRefusedWhileSuspended() async throws {
    try await RESTScene.with { scene in
      let invited = try await scene.call(.POST, "/devices", #"{"serial":"S-1","profile":"operational"}"#)
      let basic = RESTScene.basic("S-1", try #require(invited["secret"]))
      try await scene.expect("Device", .POST, "/devices/S-1/suspend")
      let body = #"{"csr":"\#(try await RESTScene.csr("S-1"))"}"#
      try await scene.refuses(403, "suspended", .POST, "/enroll", body, as: "nobody", headers: [basic])
      try await scene.expect("Device", .POST, "/devices/S-1/resume")
      let first = try await scene.expect("IssuedCertificate", .POST, "/enroll", body, as: "nobody", headers: [basic])
      let again = try await scene.expect("IssuedCertificate", .POST, "/enroll", body, as: "nobody", headers: [basic])
      #expect(first["serial_number"] == again["serial_number"])
      try await scene.refuses(
        403, "exhausted", .POST, "/enroll", #"{"csr":"\#(try await RESTScene.csr("S-1"))"}"#, as: "nobody",
        headers: [basic])
    }
  }

  @Test func anInvitationVoidsTheSecretBefore() async throws {
    try await RESTScene.with { scene in
      let first = try await scene.call(.POST, "/devices", #"{"serial":"I-1","profile":"operational"}"#)
      let second = try await scene.expect("Invitation", .POST, "/devices/I-1/invite", #"{"expires_in":"1h"}"#)
      let body = #"{"csr":"\#(try await RESTScene.csr("I-1"))"}"#
      try await scene.refuses(
        401, "unauthenticated", .POST, "/enroll", body, as: "nobody",
        headers: [RESTScene.basic("I-1", try #require(first["secret"]))])
      try await scene.expect(
        "IssuedCertificate", .POST, "/enroll", body, as: "nobody",
        headers: [RESTScene.basic("I-1", try #require(second["secret"]))])
    }
  }

  @Test func wrongSecretsAreThrottledAndTheRightOneIsTaken() async throws {
    try await RESTScene.with { scene in
      let invited = try await scene.call(.POST, "/devices", #"{"serial":"T-1","profile":"operational"}"#)
      let body = #"{"csr":"\#(try await RESTScene.csr("T-1"))"}"#
      for attempt in 1...10 {
        let (status, code) = attempt < 10 ? (401, "unauthenticated") : (429, "throttled")
        let answer = try await scene.refuses(
          status, code, .POST, "/enroll", body, as: "nobody", headers: [RESTScene.basic("T-1", "wrong")])
        #expect(answer.headers.first(name: status == 401 ? "WWW-Authenticate" : "Retry-After") != nil)
      }
      try await scene.expect(
        "IssuedCertificate", .POST, "/enroll", body, as: "nobody",
        headers: [RESTScene.basic("T-1", try #require(invited["secret"]))])
    }
  }

  @Test func aSerialOfEveryPrintableStringCharacterIsAddressed() async throws {
    try await RESTScene.with { scene in
      let serial = "Az09 '()+,-./:=?"
      let path = "Az09%20%27%28%29%2B%2C-.%2F%3A%3D%3F"
      try await scene.expect("Invitation", .POST, "/devices", #"{"serial":"\#(serial)","profile":"operational"}"#)
      #expect(try await scene.expect("Device", .POST, "/devices/\(path)/suspend")["serial"] == serial)
      let found = try await scene.call(.GET, "/devices?serial=\(path)")
      #expect(found.text.contains(serial))
    }
  }

  @Test(arguments: [
    "", " A", "-A", "A\u{7F}", "Ä", "A_B", "A*", "A@B", String(repeating: "A", count: 65), "A ",
  ])
  func otherSerialsAreRefused(serial: String) async throws {
    try await RESTScene.with { scene in
      try await scene.refuses(
        400, "bad_request", .POST, "/devices", #"{"serial":"\#(serial)","profile":"operational"}"#)
    }
  }

  @Test func listsFilterAndPage() async throws {
    try await RESTScene.with { scene in
      for number in 1...5 {
        try await scene.expect(
          "Invitation", .POST, "/devices",
          #"{"serial":"L-\#(number)","profile":"operational","lot":"\#(number < 4 ? "early" : "late")","labels":{"line":"\#(number % 2)"}}"#
        )
      }
      #expect(try await serials(scene, "/devices?limit=2") == ["L-1", "L-2", "L-3", "L-4", "L-5"])
      #expect(try await serials(scene, "/devices?lot=early") == ["L-1", "L-2", "L-3"])
      #expect(try await serials(scene, "/devices?lot=early&label=line%3D1") == ["L-1", "L-3"])
      #expect(try await serials(scene, "/devices?prefix=L-4") == ["L-4"])
      #expect(try await serials(scene, "/devices?state=active").isEmpty)
      try await scene.refuses(400, "bad_request", .GET, "/devices?after=nonsense")
    }
  }

  /// All pages.
  private func serials(_ scene: RESTScene, _ path: String) async throws -> [String] {
    var serials: [String] = []
    var next: String?
    repeat {
      let answer = try await scene.call(.GET, path + (next.map { "&after=\($0)" } ?? ""))
      guard case .array(let items)? = try answer.json()["items"] else { throw JSONFailure.endsEarly }
      serials += items.compactMap { if case .string(let serial)? = $0["serial"] { serial } else { nil } }
      next = answer["next"]
    } while next != nil
    return serials
  }

  @Test func grantsCountAndClose() async throws {
    try await RESTScene.with { scene in
      let given = try await scene.expect(
        "IssuedGrant", .POST, "/grants",
        #"{"profile":"operational","uses":1,"expires_in":"24h","serials_from":"G-1","serials_to":"G-5"}"#)
      let name = try #require(given["name"])
      let basic = RESTScene.basic(name, try #require(given["secret"]))
      try await scene.refuses(
        403, "forbidden", .POST, "/enroll", #"{"csr":"\#(try await RESTScene.csr("G-9"))"}"#, as: "nobody",
        headers: [basic])
      let body = #"{"csr":"\#(try await RESTScene.csr("G-2"))"}"#
      try await scene.expect("IssuedCertificate", .POST, "/enroll", body, as: "nobody", headers: [basic])
      try await scene.expect("IssuedCertificate", .POST, "/enroll", body, as: "nobody", headers: [basic])
      try await scene.refuses(
        403, "exhausted", .POST, "/enroll", #"{"csr":"\#(try await RESTScene.csr("G-3"))"}"#, as: "nobody",
        headers: [basic])
      let grant = try await scene.expect("Grant", .GET, "/grants/\(name)").json()
      #expect(grant["issued"] == 1 && grant["left"] == 0 && grant["repeated"] == 1)
      #expect(try await scene.expect("Grant", .POST, "/grants/\(name)/revoke")["revoked_at"] != nil)
      try await scene.refuses(409, "conflict", .POST, "/grants/\(name)/revoke")
    }
  }

  @Test func importsAreHarmlessTwice() async throws {
    try await RESTScene.with { scene in
      let file = "serial,profile,lot,label.line\nC-1,operational,7,\"a, b\"\nC-2,nothing,7,\n-C,operational,,\n"
      let csv = [("Content-Type", "text/csv; charset=utf-8")]
      let first = try await scene.expect("ImportResult", .POST, "/devices/import", file, headers: csv).json()
      #expect(first["added"] == 1 && first["unchanged"] == 0)
      guard case .array(let refused)? = first["refused"] else { throw JSONFailure.endsEarly }
      #expect(refused.map { $0["line"] } == [3, 4])
      let second = try await scene.expect("ImportResult", .POST, "/devices/import", file, headers: csv).json()
      #expect(second["added"] == 0 && second["unchanged"] == 1)
      let lines =
        #"{"serial":"C-1","profile":"operational"}"# + "\n\n" + #"{"serial":"C-3","profile":"operational"}"#
        + "\n" + #"{"serial":"C-4","profile":"operational","colour":"red"}"# + "\n"
      let third = try await scene.expect(
        "ImportResult", .POST, "/devices/import", lines, headers: [("Content-Type", "application/jsonl")])
      #expect(try third.json()["added"] == 1)
      #expect(third.text.contains("with other data") && third.text.contains(#"\"colour\" is not known"#))
    }
  }

  @Test func certificatesAreSignedListedAndRevoked() async throws {
    try await RESTScene.with { scene in
      let serial = try await scene.enrolled("R-1")
      let body = #"{"reason":"keyCompromise"}"#
      let revoked = try await scene.expect("Certificate", .POST, "/certificates/\(serial)/revoke", body, as: "operator")
      #expect(revoked["status"] == "revoked" && revoked["reason"] == "keyCompromise" && revoked["device"] == "R-1")
      // Retiring leaves the graver reason.
      try await scene.expect("Device", .POST, "/devices/R-1/retire")
      #expect(try await scene.call(.GET, "/certificates/\(serial)")["reason"] == "keyCompromise")
      for (query, count) in [("status=revoked", 1), ("status=good&device=R-1", 0), ("device=R-1", 1)] {
        let answer = try await scene.call(.GET, "/certificates?\(query)")
        guard case .array(let items)? = try answer.json()["items"] else { throw JSONFailure.endsEarly }
        #expect(items.count == count, "\(query): \(answer.text)")
      }
      try await scene.refuses(404, "not_found", .GET, "/certificates?device=R-2")
      try await scene.refuses(400, "bad_request", .POST, "/certificates/\(serial)/revoke", #"{"reason":"boredom"}"#)
    }
  }
}

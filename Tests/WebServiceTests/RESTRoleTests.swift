import Foundation
import NIOHTTP1
import TestKit
import Testing
import WebService

/// Who may call what: written out here, and not read from what it tests.
@Suite struct RESTRoleTests {
  private static let readers: Set = ["administrator", "operator", "auditor"]
  private static let operators: Set = ["administrator", "operator"]
  private static let administrators: Set = ["administrator"]

  static let table: [(HTTPMethod, String, Set<String>)] = [
    (.GET, "/devices", readers), (.POST, "/devices", operators), (.POST, "/devices/import", operators),
    (.GET, "/devices/X", readers), (.POST, "/devices/X/invite", operators), (.POST, "/devices/X/suspend", operators),
    (.POST, "/devices/X/resume", operators), (.POST, "/devices/X/retire", operators),
    (.POST, "/devices/X/replace", operators), (.POST, "/devices/X/move", operators),
    (.POST, "/devices/X/labels", operators), (.GET, "/acts", readers), (.POST, "/acts", operators),
    (.GET, "/acts/X", readers), (.POST, "/acts/X/start", operators), (.GET, "/acts/X/members", readers),
    (.POST, "/acts/X/invitations", operators),
    (.GET, "/status", readers), (.GET, "/reports/reach", readers),
    (.GET, "/grants", readers), (.POST, "/grants", operators),
    (.GET, "/requests", readers), (.GET, "/requests/X", readers), (.POST, "/requests/X/approve", operators),
    (.POST, "/requests/X/deny", operators),
    (.GET, "/grants/X", readers), (.POST, "/grants/X/revoke", operators),
    (.POST, "/grants/X/reopen", operators), (.POST, "/devices/X/readmit", operators), (.GET, "/certificates", readers),
    (.POST, "/certificates", ["administrator", "operator", "station"]), (.GET, "/certificates/0A", readers),
    (.POST, "/certificates/0A/revoke", operators), (.GET, "/profiles", readers), (.GET, "/profiles/X", readers),
    (.PUT, "/profiles/X", administrators), (.POST, "/profiles/X/try", operators), (.GET, "/authorities", readers),
    (.POST, "/authorities/X/renew", administrators), (.POST, "/authorities/X/revoke", administrators),
    (.POST, "/authorities/X/crl-request", administrators), (.POST, "/authorities/X/succeed", administrators),
    (.POST, "/authorities/X/export", administrators), (.POST, "/authorities/X/export-request", administrators),
    (.GET, "/root-requests", readers),
    (.GET, "/root-requests/X", readers), (.POST, "/root-requests/X/answer", administrators),
    (.POST, "/authorities", administrators), (.POST, "/authorities/X/request", administrators),
    (.GET, "/authority-requests", readers), (.POST, "/authority-requests", administrators),
    (.POST, "/authority-requests/X/certificate", administrators),
    (.POST, "/authorities/X/crl", administrators), (.GET, "/audit", readers), (.GET, "/audit/checkpoint", readers),
    (.GET, "/audit/consistency", readers), (.GET, "/audit/inclusion", readers), (.GET, "/trust", readers),
    (.GET, "/events", readers), (.GET, "/notifications", readers), (.GET, "/notifications/key", readers),
    (.POST, "/notifications/test", operators),
    (.POST, "/approvers", administrators), (.POST, "/trust-bundles", administrators),
    (.POST, "/trust", administrators), (.DELETE, "/trust/X", administrators),
    (.POST, "/certificates/import", administrators), (.POST, "/authorities/X/earlier-crl", administrators),
    (.POST, "/devices/manifest", operators), (.GET, "/administrators", readers),
    (.GET, "/attestations", readers), (.GET, "/attestations/X", readers), (.GET, "/devices/X/attestations", readers),
    (.GET, "/attestation/limit", readers), (.POST, "/attestation/limit", administrators),
    (.POST, "/attestation/resume", operators), (.GET, "/baselines", readers), (.POST, "/baselines", operators),
    (.POST, "/baselines/learn", operators), (.DELETE, "/baselines", operators),
    (.POST, "/devices/X/tpm/release", administrators),
    (.POST, "/administrators", administrators), (.DELETE, "/administrators/X", administrators),
  ]

  @Test func eachRoleDoesItsOwnAndNothingElse() async throws {
    try await RESTScene.with { scene in
      for (method, path, allowed) in Self.table {
        for role in ["administrator", "operator", "station", "auditor"] {
          let answer = try await scene.call(method, path, method == .GET || method == .DELETE ? nil : "[]", as: role)
          let isRefused = answer["detail"] == "the role \(role) may not do this"
          #expect(isRefused == !allowed.contains(role), "\(role) \(method) \(path): \(answer.text)")
          #expect(!isRefused || answer.status == 403)
          #expect(answer.status != 401 && answer.status < 500, "\(role) \(method) \(path): \(answer.text)")
        }
        try await scene.refuses(401, "unauthenticated", method, path, as: "nobody")
        try await scene.refuses(403, "forbidden", method, path, as: "stranger")
        try await scene.refuses(403, "forbidden", method, path, as: "removed")
      }
    }
  }

  @Test func theTableKnowsEveryProtectedAddress() async throws {
    try await RESTScene.with { scene in
      let documented = try await RESTDocumentTests.operations(scene)
        .filter {
          ![
            "GET /openapi.json", "POST /enroll", "POST /enroll/tpm", "POST /enroll/tpm/challenges", "POST /attestation",
            "POST /attestation/nonces", "GET /attestation/keys",
          ].contains($0)
        }
      let listed = Self.table.map { method, path, _ in
        "\(method) " + path.split(separator: "/").map { $0 == "X" || $0 == "0A" ? "/{}" : "/\($0)" }.joined()
      }
      #expect(Set(documented.map(RESTDocumentTests.withoutNames)) == Set(listed))
    }
  }

  @Test func aRefusedRoleIsInTheLogAndKeepsNothing() async throws {
    try await RESTScene.with { scene in
      try await scene.refuses(
        403, "forbidden", .POST, "/devices", #"{"serial":"A","profile":"operational"}"#, as: "auditor", key: "k1")
      try await scene.refuses(404, "not_found", .GET, "/devices/A")
      let log = try await scene.call(.GET, "/audit?subject=operation:addDevice&limit=1").text
      #expect(log.contains("auditor:The auditor"))
    }
  }

  @Test func removingAnAdministratorActsOnTheNextRequestOfItsConnection() async throws {
    try await RESTScene.with { scene in
      #expect(try await scene.call(.GET, "/devices", as: "operator").status == 200)
      let organization = scene.installation.organization
      let now = scene.installation.clock.now()
      try await scene.installation.store.write { writer in
        for record in try writer.administrators(in: organization) where record.role == .operator {
          try writer.removeAdministrator(fingerprint: record.fingerprint, at: now, in: organization)
        }
      }
      try await scene.refuses(403, "forbidden", .GET, "/devices", as: "operator")
    }
  }

  /// docs/protocols/rest.md says the rights as the code has them.
  @Test func theDocumentedTableIsTheOneInTheCode() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appendingPathComponent("docs/protocols/rest.md"), encoding: .utf8)
    var documented: [String: Set<String>] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("| ") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count >= 2, roleRightsTable()[cells[0]] != nil else { continue }
      documented[cells[0]] = Set(cells[1].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
    }
    #expect(documented == roleRightsTable())
  }

  @Test func aRemovalThroughTheInterfaceActsOnTheNextRequestOfAnOpenConnection() async throws {
    try await RESTScene.with { scene in
      #expect(try await scene.call(.GET, "/devices", as: "auditor").status == 200)
      let removed = try await scene.expect("RemovedAdministrators", .DELETE, "/administrators/The%20auditor")
      #expect(removed.text.contains(#""status":"removed""#))
      try await scene.refuses(403, "forbidden", .GET, "/devices", as: "auditor")
      try await scene.refuses(404, "not_found", .DELETE, "/administrators/The%20auditor")
    }
  }

  @Test func whoIsAddedIsARecordWithACertificateOfItsOwn() async throws {
    try await RESTScene.with { scene in
      let csr = try await RESTScene.csr("whatever")
      let body = #"{"name":"Ada","role":"station","profiles":["operational"],"csr":"\#(csr)"}"#
      let added = try await scene.expect("AddedAdministrator", .POST, "/administrators", body)
      #expect(added.text.contains(#""profiles":["operational"]"#))
      // The same key again is a renewal; the same name in another role is not.
      try await scene.expect("AddedAdministrator", .POST, "/administrators", body)
      try await scene.refuses(
        409, "conflict", .POST, "/administrators", #"{"name":"Ada","role":"auditor","csr":"\#(csr)"}"#)
      try await scene.refuses(
        409, "key_reuse", .POST, "/administrators", #"{"name":"Grace","role":"auditor","csr":"\#(csr)"}"#)
      for (role, profiles) in [("operator", #","profiles":["operational"]"#), ("station", ""), ("king", "")] {
        try await scene.refuses(
          400, "bad_request", .POST, "/administrators",
          #"{"name":"X","role":"\#(role)"\#(profiles),"csr":"\#(csr)"}"#)
      }
      try await scene.refuses(
        404, "not_found", .POST, "/administrators",
        #"{"name":"X","role":"station","profiles":["nothing"],"csr":"\#(try await RESTScene.csr("x"))"}"#)
      let listed = try await scene.call(.GET, "/administrators?limit=1000")
      #expect(listed.text.components(separatedBy: #""name":"Ada""#).count == 3)
    }
  }

  @Test func anExpiredAdministratorIsNone() async throws {
    try await RESTScene.with { scene in
      scene.installation.clock.advance(by: .days(31))
      try await scene.refuses(403, "forbidden", .GET, "/devices")
    }
  }

  @Test func anotherSitesPageIsRefused() async throws {
    try await RESTScene.with { scene in
      try await scene.refuses(
        403, "forbidden", .POST, "/devices/X/suspend", "{}", headers: [("Origin", "https://elsewhere.example")])
    }
  }
}

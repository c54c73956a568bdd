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
    (.POST, "/devices/X/replace", operators), (.GET, "/grants", readers), (.POST, "/grants", operators),
    (.GET, "/grants/X", readers), (.POST, "/grants/X/revoke", operators), (.GET, "/certificates", readers),
    (.POST, "/certificates", ["administrator", "operator", "station"]), (.GET, "/certificates/0A", readers),
    (.POST, "/certificates/0A/revoke", operators), (.GET, "/profiles", readers), (.GET, "/profiles/X", readers),
    (.PUT, "/profiles/X", administrators), (.POST, "/profiles/X/try", operators), (.GET, "/authorities", readers),
    (.POST, "/authorities/X/crl", administrators), (.GET, "/audit", readers), (.GET, "/audit/checkpoint", readers),
    (.GET, "/audit/consistency", readers), (.GET, "/audit/inclusion", readers), (.GET, "/trust", readers),
    (.GET, "/events", readers),
    (.POST, "/trust", administrators), (.DELETE, "/trust/X", administrators),
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
        .filter { !["GET /openapi.json", "POST /enroll"].contains($0) }
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

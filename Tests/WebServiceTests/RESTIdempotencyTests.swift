import NIOHTTP1
import Registry
import TestKit
import Testing
import WebService
import WireFormats

/// The same request under the same key acts once, whatever happens to its answer.
@Suite struct RESTIdempotencyTests {
  private let body = #"{"serial":"K-1","profile":"operational"}"#

  @Test func theAnswerIsGivenAgainSecretIncluded() async throws {
    try await RESTScene.with { scene in
      let first = try await scene.expect("Invitation", .POST, "/devices", body, key: "key-1")
      let again = try await scene.expect("Invitation", .POST, "/devices", body, key: "key-1")
      #expect(first.body == again.body && again.status == 201)
      #expect(first.headers.first(name: "Idempotency-Replayed") == nil)
      #expect(again.headers.first(name: "Idempotency-Replayed") == "true")
      #expect(try await scene.acts(of: "K-1") == ["device.add"])
      try await scene.refuses(409, "conflict", .POST, "/devices", body, key: "key-2")
      try await scene.refuses(409, "conflict", .POST, "/devices", body, as: "operator", key: "key-1")
    }
  }

  @Test func aKeyIsForOneRequest() async throws {
    try await RESTScene.with { scene in
      try await scene.expect("Invitation", .POST, "/devices", body, key: "key-1")
      let other = #"{"serial":"K-2","profile":"operational"}"#
      try await scene.refuses(422, "idempotency_key_reused", .POST, "/devices", other, key: "key-1")
      try await scene.refuses(422, "idempotency_key_reused", .POST, "/devices/K-1/suspend", "{}", key: "key-1")
      try await scene.refuses(
        422, "idempotency_key_reused", .POST, "/certificates/0A/revoke", #"{"reason":"superseded"}"#, key: "key-1")
      try await scene.refuses(404, "not_found", .GET, "/devices/K-2")
    }
  }

  @Test func whatRestsInTheStoreShowsNoSecret() async throws {
    try await RESTScene.with { scene in
      let answer = try await scene.expect("Invitation", .POST, "/devices", body, key: "key-1")
      let secret = Array(try #require(answer["secret"]).utf8)
      let organization = scene.installation.organization
      let now = scene.installation.clock.now()
      let records = try await scene.installation.store.read { reader in
        try reader.administrators(in: organization).compactMap {
          try reader.idempotencyRecord(
            principal: Hex.encode($0.fingerprint), key: "key-1", now: now, in: organization)
        }
      }
      let record = try #require(records.first)
      #expect(records.count == 1 && record.body.count > secret.count)
      #expect(!record.body.indices.contains { record.body[$0...].starts(with: secret) })
    }
  }

  @Test func manyAtOnceActOnce() async throws {
    try await RESTScene.with { scene in
      let answers = try await withThrowingTaskGroup(of: RESTScene.Answer.self) { group in
        for _ in 0..<8 {
          group.addTask { try await scene.call(.POST, "/devices", body, key: "key-1") }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(answers.map(\.status)) == [201] && Set(answers.map(\.body)).count == 1)
      #expect(try await scene.acts(of: "K-1") == ["device.add"])
    }
  }

  /// The commit fails after the act, its entry and its answer were written: nothing of the three stays.
  @Test func aFailedCommitLeavesNeitherActNorAnswer() async throws {
    try await RESTScene.with { scene in
      scene.store.fail(true)
      try await scene.refuses(503, "unavailable", .POST, "/devices", body, key: "key-1")
      scene.store.fail(false)
      try await scene.refuses(404, "not_found", .GET, "/devices/K-1")
      let answer = try await scene.expect("Invitation", .POST, "/devices", body, key: "key-1")
      #expect(answer.headers.first(name: "Idempotency-Replayed") == nil)
      #expect(try await scene.acts(of: "K-1") == ["device.add"])
    }
  }

  @Test func actsOfSeveralTransactionsAreKeptToo() async throws {
    try await RESTScene.with { scene in
      let csv = [("Content-Type", "text/csv")]
      let file = "serial,profile\nK-1,operational\n"
      let first = try await scene.expect("ImportResult", .POST, "/devices/import", file, key: "key-1", headers: csv)
      let again = try await scene.expect("ImportResult", .POST, "/devices/import", file, key: "key-1", headers: csv)
      #expect(first.body == again.body && again.headers.first(name: "Idempotency-Replayed") == "true")
    }
  }

  @Test func anAnswerIsForgottenAfterADay() async throws {
    try await RESTScene.with { scene in
      try await scene.expect("Invitation", .POST, "/devices", body, key: "key-1")
      scene.installation.clock.advance(by: .hours(25))
      try await scene.refuses(409, "conflict", .POST, "/devices", body, key: "key-1")
    }
  }

  @Test(arguments: [String(repeating: "k", count: 256), "schlüssel"])
  func otherKeysAreRefused(key: String) async throws {
    try await RESTScene.with { scene in
      try await scene.refuses(400, "bad_request", .POST, "/devices", body, key: key)
    }
  }
}

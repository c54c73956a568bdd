import Crypto
import Enrollment
import Issuance
import Registry
import Synchronization
import TestKit
import Testing
import WireFormats

/// What one process knows of accounts and validations, while another changes them.
@Suite struct ACMEProcessTests {
  private func other(_ client: ACMEClient, _ scene: ACMEScene) -> ACMEClient {
    var other = client
    other.service = scene.service()
    return other
  }

  @Test func anAccountThatEndedElsewhereEndsHere() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    #expect(try await client.order([("dns", "a.example")]).status == 201)
    guard case .account(let id) = try client.resource(client.account) else { return }
    #expect(try await other(client, scene).post(.account(id), ["status": "deactivated"]).status == 200)
    let refused = try await client.order([("dns", "b.example")])
    #expect(refused.status == 403 && refused.error == "unauthorized")
  }

  @Test func aKeyThatWasChangedElsewhereIsTheKeyHere() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    #expect(try await client.order([("dns", "a.example")]).status == 201)
    let fresh = ACMEClient.Key.p256(P256.Signing.PrivateKey())
    let inner = try ACMEClient.jws(
      header: ["alg": "ES256", "jwk": fresh.jwk.json, "url": .string(client.base + "key-change")],
      payload: ACMEClient.compact(["account": .string(client.account ?? ""), "oldKey": client.key.jwk.json])
    ) { try fresh.sign($0) }
    #expect(try await other(client, scene).post(.keyChange, inner).status == 200)
    // The old key was taken a moment ago; the new one never.
    #expect(try await client.order([("dns", "b.example")]).error == "malformed")
    var changed = client
    changed.key = fresh
    #expect(try await changed.order([("dns", "b.example")]).status == 201)
    #expect(try await client.order([("dns", "c.example")]).error == "malformed")
  }

  /// It is due in the store only once whoever took it in hand should have been done with it.
  @Test func aValidationIsTakenInHandAtOnce() async throws {
    let scene = try await ACMEScene()
    let handed = Mutexed<[ACMEValidation]>([])
    let client = try await ACMEClient(service: scene.service(begin: { given in handed.change { $0.append(given) } }))
      .registered()
    let order = try await scene.ready(client, ["a.example"])
    #expect(try await client.post(.order(order)).json["status"] == "pending")
    let validation = try #require(handed.value.first)
    try await scene.queue.work(on: validation, reaching: scene.hosts)
    #expect(try await client.post(.order(order)).json["status"] == "ready")

    let lost = try await scene.ready(client, ["b.example"])
    scene.installation.clock.advance(by: .seconds(31))
    // Too late for whoever had it: another has taken it from the store.
    try await scene.queue.work(on: try #require(handed.value.last), reaching: scene.hosts)
    #expect(try await client.post(.order(lost)).json["status"] == "pending")
    try await scene.validate()
    #expect(try await client.post(.order(lost)).json["status"] == "ready")
  }

  /// Those that are due come by turns of their accounts, and one account has no more than its share waiting.
  @Test func oneAccountsManyAreNotBeforeAnothersFirst() async throws {
    let scene = try await ACMEScene()
    let many = try await ACMEClient(service: scene.service()).registered()
    let one = try await ACMEClient(service: scene.service()).registered()
    for number in 0..<6 { _ = try await Self.ask(many, "\(number).example") }
    _ = try await Self.ask(one, "a.example")
    let taken = try await scene.queue.take(upTo: 2)
    #expect(Set(taken.map(\.account.id)).count == 2)
  }

  private static func ask(_ client: ACMEClient, _ name: String) async throws -> ACMEAnswer {
    let order = try await client.order([("dns", name)])
    guard case .authorization(let id) = try client.resource(order.json["authorizations"]?.elements?.first?.text) else {
      return order
    }
    return try await client.post(.challenge(id, .http), .object([]))
  }
}

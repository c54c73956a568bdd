import Credentials
import Enrollment
import Issuance
import KeyCustody
import Registry
import Synchronization
import TestKit
import Testing
import WireFormats

/// Each kind of message that ACME has, sent a second time: octet for octet it is refused by its nonce, with a new nonce it is
/// answered the same or refused, and nothing is issued twice.
@Suite struct ACMEReplayTests {
  /// Everything that one client sends on its way from an account to a revoked certificate, and its end.
  private func story(_ scene: ACMEScene, _ recorder: Recording) async throws {
    let client = try await ACMEClient(service: recorder).registered()
    let order = try await scene.ready(client, ["a.example"])
    let csr = JSONValue.string(try await ACMEClient.request([.dnsName("a.example")], key: .generate(.p256)))
    #expect(try await client.post(.finalize(order), ["csr": csr]).json["status"] == "valid")
    #expect(try await client.post(.order(order)).json["status"] == "valid")
    let pem = try #require(PEM.parse(try await client.post(.certificate(order)).text)?.first)
    guard case .account(let account) = try client.resource(client.account) else { return }
    _ = try await client.post(.orders(account, after: nil))
    let spare = try await client.order([("dns", "b.example")])
    guard case .authorization(let id) = try client.resource(spare.json["authorizations"]?.elements?.first?.text) else {
      return
    }
    #expect(try await client.post(.authorization(id), ["status": "deactivated"]).status == 200)
    #expect(try await client.post(.revokeCert, ["certificate": .string(Base64.encodeURL(pem.bytes))]).status == 200)
    let fresh = ACMEClient.Key.ed25519(.init())
    let inner = try ACMEClient.jws(
      header: ["alg": "EdDSA", "jwk": fresh.jwk.json, "url": .string(client.base + "key-change")],
      payload: ACMEClient.compact(["account": .string(client.account ?? ""), "oldKey": client.key.jwk.json])
    ) { try fresh.sign($0) }
    #expect(try await client.post(.keyChange, inner).status == 200)
    var changed = client
    changed.key = fresh
    #expect(try await changed.post(.account(account), ["status": "deactivated"]).status == 200)
  }

  @Test func everyKindOfMessageOctetForOctet() async throws {
    let scene = try await ACMEScene()
    let recorder = Recording(scene.service())
    try await story(scene, recorder)
    let before = try await count(scene)
    let sent = recorder.sent
    let kinds = Set(sent.map { $0.resource.kind })
    #expect(
      kinds == [
        "new-account", "new-order", "authorization", "challenge", "order", "finalize", "certificate", "orders",
        "revoke-cert", "key-change", "account",
      ])
    for request in sent {
      // Another process, too.
      let answer = await scene.service().answer(request)
      let error = try #require(answer.error, "\(request.resource.path): \(answer.text)")
      // A key that was changed, and an account that has ended, are found out first.
      #expect(["badNonce", "malformed", "unauthorized"].contains(error), "\(request.resource.path): \(error)")
    }
    #expect(try await count(scene) == before)
    #expect(scene.revoked.withLock { $0.count } == 1)
  }

  /// The same again as a client sends it whose answer was lost.
  @Test func everyKindOfMessageWithANewNonce() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    #expect(try await client.registered().account == client.account)
    let order = try await scene.ready(client, ["a.example"])
    let csr = JSONValue.string(try await ACMEClient.request([.dnsName("a.example")], key: .generate(.p256)))
    let url = try await client.post(.order(order)).json["authorizations"]?.elements?.first?.text
    guard case .authorization(let authorization) = try client.resource(url) else { return }
    try await same(client, .challenge(authorization, .http), .object([]))
    try await same(client, .finalize(order), ["csr": csr])
    try await same(client, .certificate(order), nil)
    try await same(client, .order(order), nil)
    try await same(client, .authorization(authorization), nil)
    #expect(try await count(scene) == 1)
    // Of many at the same moment one issues.
    let next = try await scene.ready(client, ["b.example"])
    let asked = JSONValue.string(try await ACMEClient.request([.dnsName("b.example")], key: .generate(.p256)))
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 { group.addTask { try await client.post(.finalize(next), ["csr": asked]).status } }
      return try await group.reduce(into: [Int]()) { $0.append($1) }
    }
    #expect(statuses.allSatisfy { $0 == 200 })
    #expect(try await client.post(.order(next)).json["status"] == "valid")
    #expect(try await count(scene) == 2)
  }

  private func same(_ client: ACMEClient, _ resource: ACMEResource, _ payload: JSONValue?) async throws {
    let first = try await client.post(resource, payload)
    let second = try await client.post(resource, payload)
    #expect(first.status == 200 && second.status == 200, "\(resource.path): \(second.text)")
    #expect(first.body == second.body, "\(resource.path)")
  }

  private func count(_ scene: ACMEScene) async throws -> Int {
    let organization = scene.installation.organization
    return try await scene.installation.store.read { reader in
      try reader.certificates(matching: .init(), after: nil, limit: 99, in: organization).items
        .count { $0.door == "acme" }
    }
  }
}

/// Keeps what was posted.
private final class Recording: ACMEAnswering {
  private let service: ACMEService
  private let requests = Mutex<[ACMERequest]>([])

  init(_ service: ACMEService) { self.service = service }

  var sent: [ACMERequest] { requests.withLock { $0 } }

  func answer(_ request: ACMERequest) async -> ACMEAnswer {
    if request.isPost { requests.withLock { $0.append(request) } }
    return await service.answer(request)
  }
}

extension ACMEResource {
  /// Without the object's name.
  fileprivate var kind: String {
    switch self {
    case .order: "order"
    case .finalize: "finalize"
    case .certificate: "certificate"
    case .authorization: "authorization"
    case .challenge: "challenge"
    case .account: "account"
    case .orders: "orders"
    case .directory, .newNonce, .newAccount, .newOrder, .revokeCert, .keyChange, .renewalInfo: path
    }
  }
}

import Credentials
import Enrollment
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// A profile with `approval: required`: RFC 8555 §7.1.3, an order that is `processing`.
@Suite struct ACMEApprovalTests {
  private func waiting(
    _ scene: ACMEScene
  ) async throws -> (client: ACMEClient, order: ACMEObjectID, csr: JSONValue, key: SoftwareKey) {
    try await scene.openProfile(extra: "approval: required")
    let secret = try await scene.addDevice("GW-1", labels: ["names": "gw.example"])
    let client = try await ACMEClient(service: scene.service(), profile: "broker").registered("GW-1", secret)
    let order = try await scene.ready(client, ["gw.example"])
    let key = try SoftwareKey.generate(.p256)
    let csr = JSONValue.string(try await ACMEClient.request([.dnsName("gw.example")], key: key))
    let answer = try await client.post(.finalize(order), ["csr": csr])
    #expect(answer.status == 200 && answer.json["status"] == "processing", "\(answer.text)")
    #expect(answer.retryAfter ?? 0 > 0)
    return (client, order, csr, key)
  }

  private func pending(_ scene: ACMEScene) async throws -> [PendingRequestRecord] {
    let organization = scene.installation.organization
    return try await scene.installation.store.read {
      try $0.pendingRequests(matching: nil, after: nil, limit: 9, in: organization).items
    }
  }

  private func decide<Outcome>(_ act: AdministrativeAct<Outcome>, in scene: ACMEScene) async throws {
    _ = try await Administration(
      store: scene.installation.store, organization: scene.installation.organization,
      clock: scene.installation.clock.now
    ).perform(act, by: .installation, through: .rest)
  }

  @Test func anOrderIsProcessingUntilAnOperatorApproves() async throws {
    let scene = try await ACMEScene()
    let (asking, order, csr, key) = try await waiting(scene)
    var client = asking
    // Each fetch asks again, and all of them are one request for the operator.
    for _ in 0..<2 {
      let polled = try await client.post(.order(order))
      #expect(polled.json["status"] == "processing" && polled.retryAfter ?? 0 > 0)
      #expect(try await client.post(.finalize(order), ["csr": csr]).json["status"] == "processing")
    }
    #expect(try await client.post(.certificate(order)).error == "orderNotReady")
    let requests = try await pending(scene)
    #expect(requests.map(\.state) == [.pending] && requests.first?.door == "acme")
    try await decide(RequestService().approve(try #require(requests.first).id.rawValue, reason: "seen"), in: scene)
    // Another process answers the fetch that brings it.
    client.service = scene.service()
    #expect(try await client.post(.order(order)).json["status"] == "valid")
    #expect(try await client.post(.certificate(order)).status == 200)
    #expect(try await client.post(.finalize(order), ["csr": csr]).json["status"] == "valid")
    #expect(try await pending(scene).map(\.state) == [.issued])
    let organization = scene.installation.organization
    let issued = try await scene.installation.store.read {
      try $0.certificates(keyHash: key.publicKey.keyHash, in: organization)
    }
    #expect(issued.count == 1)
  }

  @Test func aDenialEndsTheOrderInTheOperatorsWords() async throws {
    let scene = try await ACMEScene()
    let (client, order, _, _) = try await waiting(scene)
    let request = try #require(try await pending(scene).first)
    try await decide(RequestService().deny(request.id.rawValue, reason: "not on the list"), in: scene)
    let end = try await client.post(.order(order))
    #expect(end.json["status"] == "invalid" && end.retryAfter == nil)
    #expect(end.json["error"]?["detail"]?.text?.contains("not on the list") == true, "\(end.text)")
  }
}

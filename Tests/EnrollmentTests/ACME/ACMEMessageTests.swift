import Crypto
import Enrollment
import Registry
import TestKit
import Testing
import WireFormats

/// RFC 8555 §6: what every message must be, whatever it asks.
@Suite struct ACMEMessageTests {
  @Test func directoryAndNonces() async throws {
    let scene = try await ACMEScene()
    let client = ACMEClient(service: scene.service())
    let directory = try await client.get(.directory)
    #expect(directory.status == 200)
    #expect(directory.json["newOrder"]?.text == "https://ca.example/acme/lab/new-order")
    #expect(directory.json["renewalInfo"]?.text == "https://ca.example/acme/lab/renewal-info")
    #expect(directory.json["meta"]?["externalAccountRequired"] == false)
    let nonce = try await client.get(.newNonce)
    #expect(nonce.status == 204 && nonce.nonce != nil)
    #expect(nonce.links.contains { $0.relation == "index" && $0.target == "https://ca.example/acme/lab/directory" })
    // A profile without this door, and one that is not there.
    var other = client
    other.profile = "operational"
    #expect(try await other.get(.directory).status == 403)
    other.profile = "nobody"
    #expect(try await other.get(.directory).status == 404)
  }

  @Test func anAccountIsMadeOnceAndFoundAgain() async throws {
    let scene = try await ACMEScene()
    let client = ACMEClient(service: scene.service(), key: .ed25519(Curve25519.Signing.PrivateKey()))
    let missing = try await client.post(.newAccount, ["onlyReturnExisting": true], byKey: true)
    #expect(missing.status == 400 && missing.error == "accountDoesNotExist")
    let registered = try await client.registered()
    let again = try await client.post(.newAccount, ["onlyReturnExisting": true], byKey: true)
    #expect(again.status == 200)
    #expect(again.location == registered.account)
    #expect(again.json["contact"] == ["mailto:ops@example.com"])
  }

  @Test func replaysAreRefusedByEveryProcess() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    let body = try await client.message(.newOrder, Array(#"{"identifiers":[{"type":"dns","value":"a.example"}]}"#.utf8))
    let first = try await scene.service().answer(client.request(.newOrder, body: body))
    #expect(first.status == 201)
    for _ in 0..<2 {
      let replay = try await scene.service().answer(client.request(.newOrder, body: body))
      #expect(replay.status == 400 && replay.error == "badNonce")
      // RFC 8555 §6.5: a fresh one in the error, too.
      #expect(replay.nonce != nil)
    }
    // What was refused is not taken later either.
    let refused = try await client.message(.newOrder, Array("{}".utf8))
    #expect(try await client.service.answer(client.request(.newOrder, body: refused)).error == "malformed")
    #expect(try await client.service.answer(client.request(.newOrder, body: refused)).error == "badNonce")
  }

  @Test func noncesEnd() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    let body = try await client.message(.newOrder, Array("{}".utf8))
    scene.installation.clock.advance(by: .minutes(61))
    #expect(try await client.service.answer(client.request(.newOrder, body: body)).error == "badNonce")
    for nonce in ["", "AAAA", String(repeating: "A", count: 43), "!!"] {
      let made = try await client.message(.newOrder, Array("{}".utf8), nonce: nonce)
      #expect(try await client.service.answer(client.request(.newOrder, body: made)).error == "badNonce")
    }
  }

  @Test func addressesAndSigners() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    let order = Array(#"{"identifiers":[{"type":"dns","value":"a.example"}]}"#.utf8)
    // RFC 8555 §6.4.
    let elsewhere = try await client.message(.newOrder, order, url: client.base + "new-account")
    let wrongPlace = try await client.service.answer(client.request(.newOrder, body: elsewhere))
    #expect(wrongPlace.status == 403 && wrongPlace.error == "unauthorized")
    // RFC 8555 §6.2: jwk for newAccount and revoking alone.
    let byKey = try await client.message(.newOrder, order, byKey: true)
    #expect(try await client.service.answer(client.request(.newOrder, body: byKey)).error == "malformed")
    let byAccount = try await client.message(.newAccount, order)
    #expect(try await client.service.answer(client.request(.newAccount, body: byAccount)).error == "malformed")
    // Another's key under this account's address.
    var thief = client
    thief.key = .p256(P256.Signing.PrivateKey())
    #expect(try await thief.order([("dns", "a.example")]).error == "malformed")
    thief.account = client.base + "account/none"
    #expect(try await thief.order([("dns", "a.example")]).error == "accountDoesNotExist")
    // A body of another type; a fetch of what is posted to.
    let typed = try client.request(
      .newOrder, contentType: "application/json", body: try await client.message(.newOrder, order))
    #expect(await client.service.answer(typed).status == 415)
    #expect(try await client.get(.newOrder).status == 405)
  }

  @Test func algorithms() async throws {
    let scene = try await ACMEScene()
    let client = ACMEClient(service: scene.service())
    for algorithm in ["HS256", "none", "ES512"] {
      let header: JSONValue = [
        "alg": .string(algorithm), "jwk": client.key.jwk.json, "nonce": .string(try await client.nonce()),
        "url": .string(client.base + "new-account"),
      ]
      let body = ACMEClient.compact(try ACMEClient.jws(header: header, payload: []) { try client.key.sign($0) })
      let answer = try await client.service.answer(client.request(.newAccount, body: body))
      #expect(answer.error == "badSignatureAlgorithm")
      #expect(answer.json["algorithms"] == ["ES256", "ES384", "EdDSA", "RS256"])
    }
  }

  @Test func accountsChangeTheirKeyAndEnd() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    let other = try await ACMEClient(service: scene.service()).registered()
    let fresh = ACMEClient.Key.p256(P256.Signing.PrivateKey())
    func change(to key: ACMEClient.Key, old: JSONWebKey) throws -> JSONValue {
      try ACMEClient.jws(
        header: ["alg": "ES256", "jwk": key.jwk.json, "url": .string(client.base + "key-change")],
        payload: ACMEClient.compact(["account": .string(client.account ?? ""), "oldKey": old.json])
      ) { try key.sign($0) }
    }
    // RFC 8555 §7.3.5: the old key is named, and the new one is nobody's.
    #expect(try await client.post(.keyChange, change(to: fresh, old: other.key.jwk)).error == "malformed")
    let taken = try await client.post(.keyChange, change(to: other.key, old: client.key.jwk))
    #expect(taken.status == 409 && taken.location == other.account)
    #expect(try await client.post(.keyChange, change(to: fresh, old: client.key.jwk)).status == 200)
    #expect(try await client.order([("dns", "a.example")]).error == "malformed")
    var changed = client
    changed.key = fresh
    #expect(try await changed.order([("dns", "a.example")]).status == 201)
    // RFC 8555 §7.3.6.
    guard case .account(let id) = try changed.resource(changed.account) else { return }
    #expect(
      try await changed.post(.account(id), ["contact": ["mailto:new@example.com"]]).json["contact"] == [
        "mailto:new@example.com"
      ])
    #expect(try await changed.post(.account(id), ["contact": ["tel:+1"]]).error == "unsupportedContact")
    #expect(try await changed.post(.account(id), ["status": "deactivated"]).json["status"] == "deactivated")
    #expect(try await changed.order([("dns", "a.example")]).error == "unauthorized")
    #expect(try await changed.post(.newAccount, .object([]), byKey: true).error == "unauthorized")
  }
}

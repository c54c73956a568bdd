import NIOHTTP1
import TestKit
import Testing
import WebService
import WireFormats

/// Profiles, authorities, trust and the log through the interface.
@Suite struct RESTProfileTests {
  @Test func aProfileIsShownChangedAndTried() async throws {
    try await RESTScene.with { scene in
      let shown = try await scene.expect("Profile", .GET, "/profiles/operational")
      let document = try #require(shown["document"])
      let yaml = [("Content-Type", "application/yaml")]
      let same = try await scene.expect("ProfileChange", .PUT, "/profiles/operational", document, headers: yaml).json()
      #expect(same["changed"] == false && same["version"] == 1)
      let changed = document.replacing("7d", with: "5d")
      #expect(changed != document)
      let tried = try await scene.expect(
        "ProfileChange", .PUT, "/profiles/operational?dry_run=true", changed, headers: yaml)
      #expect(try tried.json()["changed"] == true && tried["difference"]?.contains("5d") == true)
      #expect(try await scene.call(.GET, "/profiles/operational").json()["version"] == 1)
      let applied = try await scene.expect("ProfileChange", .PUT, "/profiles/operational", changed, headers: yaml)
      #expect(try applied.json()["version"] == 2)
      try await scene.expect("Profile", .GET, "/profiles/operational?version=1")
      try await scene.refuses(404, "not_found", .GET, "/profiles/operational?version=3")
      let broken = try await scene.refuses(
        400, "bad_request", .PUT, "/profiles/operational", document + "\ncolour: red\n", headers: yaml)
      #expect(broken["detail"]?.contains("line") == true)
      let body = #"{"csr":"\#(try await RESTScene.csr("TRY-1"))"}"#
      let trial = try await scene.expect("Trial", .POST, "/profiles/operational/try", body).json()
      #expect(trial["would_issue"] == true)
      let refused = try await scene.expect(
        "Trial", .POST, "/profiles/idevid/try", #"{"csr":"\#(try await edwards())"}"#)
      #expect(try refused.json()["would_issue"] == false && refused["rule"] == "key-algorithm")
      let weak = try await scene.expect("Trial", .POST, "/profiles/operational/try", #"{"csr":"\#(try weak())"}"#)
      #expect(try weak.json()["would_issue"] == false && weak["rule"] == "key-algorithm")
      #expect(weak["reason"] == "the certification request cannot be read: its key is too weak: RSA-1024")
    }
  }

  private func edwards() async throws -> String {
    PEM(label: "CERTIFICATE REQUEST", bytes: try await TestDevice("TRY-2", .ed25519).request().encoded).text
      .replacing("\n", with: "\\n")
  }

  private func weak() throws -> String {
    let bench = try Workbench()
    let made = try bench.run(
      "openssl", "req", "-new", "-newkey", "rsa:1024", "-nodes", "-keyout", "key.pem", "-subj", "/CN=TRY-3", "-out",
      "weak.csr")
    #expect(made.status == 0, "\(made.text)")
    return String(decoding: try bench.read("weak.csr"), as: UTF8.self).replacing("\n", with: "\\n")
  }

  @Test func authoritiesPublishAndSayWhere() async throws {
    try await RESTScene.with { scene in
      let listed = try await scene.call(.GET, "/authorities").json()
      guard case .array(let items)? = listed["items"] else { throw JSONFailure.endsEarly }
      for item in items { try Schema.named("Authority").check(item, names: APISchemas.all) }
      let operational = try #require(items.first { $0["purpose"] == "operational" })
      guard case .string(let id)? = operational["id"] else { throw JSONFailure.endsEarly }
      try await scene.expect("PublishedList", .POST, "/authorities/\(id)/crl")
      let log = try await scene.call(.GET, "/audit?subject=authority:\(id)")
      #expect(log.text.contains("crl.publish"))
    }
  }

  @Test func manufacturersAreTrustedAndLetGo() async throws {
    try await RESTScene.with { scene in
      let maker = try SmallAuthority(name: "Maker", at: scene.installation.clock.now())
      func body(_ bytes: [UInt8], manufacturer: String = "maker", profile: String = "operational") -> String {
        let pem = PEM(label: "CERTIFICATE", bytes: bytes).text.replacing("\n", with: "\\n")
        return #"{"name":"maker","certificate":"\#(pem)","profiles":["\#(profile)"],"manufacturer":"\#(manufacturer)"}"#
      }
      try await scene.refuses(404, "not_found", .POST, "/trust", body(maker.certificate.encoded, profile: "none"))
      try await scene.refuses(400, "bad_request", .POST, "/trust", body(maker.certificate.encoded, manufacturer: ""))
      let leaf = try maker.issue("leaf", at: scene.installation.clock.now())
      try await scene.refuses(400, "bad_request", .POST, "/trust", body(leaf.encoded))
      let own = try #require(scene.installation.authorities.all.first)
      try await scene.refuses(409, "conflict", .POST, "/trust", body(own.certificate.encoded))
      try await scene.expect("TrustAnchor", .POST, "/trust", body(maker.certificate.encoded))
      try await scene.refuses(409, "conflict", .POST, "/trust", body(maker.certificate.encoded))
      #expect(try await scene.call(.GET, "/trust").text.contains("maker"))
      try await scene.expect("TrustAnchor", .DELETE, "/trust/maker")
      try await scene.refuses(404, "not_found", .DELETE, "/trust/maker")
      #expect(try await scene.call(.GET, "/trust").json()["items"] == [])
    }
  }

  @Test func theLogIsProven() async throws {
    try await RESTScene.with { scene in
      for number in 1...3 {
        try await scene.expect("Invitation", .POST, "/devices", #"{"serial":"A-\#(number)","profile":"operational"}"#)
      }
      let proof = try await scene.expect("InclusionProof", .GET, "/audit/inclusion?index=1").json()
      #expect(proof["index"] == 1)
      try await scene.expect("ConsistencyProof", .GET, "/audit/consistency?from=1")
      try await scene.refuses(404, "not_found", .GET, "/audit/checkpoint")
      let first = try await scene.call(.GET, "/audit?limit=2")
      guard case .array(let items)? = try first.json()["items"] else { throw JSONFailure.endsEarly }
      for item in items { try Schema.named("AuditItem").check(item, names: APISchemas.all) }
      #expect(items.count == 2 && first["next"] == "1")
    }
  }
}

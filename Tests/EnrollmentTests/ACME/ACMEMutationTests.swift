import Credentials
import Crypto
import Enrollment
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// Messages that were damaged, and messages that were changed and signed again, over the whole door with real issuing: none
/// crashes, none hangs, and nothing is issued but for the names of a validated order.
@Suite struct ACMEMutationTests {
  /// A debug build makes 10,000 in some 20 s.
  private static let count = MutationRun.count(otherwise: 10_000)

  private static let payloads = [
    #"{"identifiers":[{"type":"dns","value":"a.example"},{"type":"permanent-identifier","value":"A/1.2.3"}],"replaces":"AAAA.AQ"}"#,
    #"{"csr":"MIIBAAAA","status":"deactivated","contact":["mailto:a@example.com"]}"#,
    #"{"attObj":"o2NmbXRmcGFja2VkZ2F0dFN0bXShY3g1Y4BoYXV0aERhdGFA","certificate":"MIIBAAAA","reason":1}"#,
  ]

  @Test func nothingIsIssuedThatNoOrderNames() async throws {
    let scene = try await ACMEScene()
    let enrolling = IssuedWatch(scene.installation.enrollment) { certificate in
      certificate.isWithin([ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 2])], days: 1)
        && Set(certificate.subjectAlternativeNames.map { $0.description.lowercased() }) == ["dns:a.example"]
        && certificate.subject.values(of: AttributeType.commonName).allSatisfy { $0.lowercased() == "a.example" }
    }
    let client = try await ACMEClient(service: scene.service(enrolling: enrolling)).registered()
    var run = MutationRun()
    try await damaged(client, Self.count / 2, &run)
    try await payloads(client, Self.count / 4, &run)
    // Neither of these had an order to issue for.
    #expect(enrolling.issued == 0)
    try await requests(scene, client, Self.count / 4, enrolling, &run)
    run.report("ACME")
    #expect(run.outcomes.keys.allSatisfy { !$0.hasPrefix("5") }, "\(run.outcomes)")
    #expect(run.outcomes.count > 5 && enrolling.issued > 0, "\(run.outcomes)")
    #expect(run.largest < MutationRun.hang)
  }

  /// The octets that travel.
  private func damaged(_ client: ACMEClient, _ count: Int, _ run: inout MutationRun) async throws {
    let resources = try resources(client)
    let body = try await client.message(.newOrder, Array(Self.payloads[0].utf8))
    for (index, damaged) in Mutations(of: body, count: count).enumerated() {
      let request = try client.request(resources[index % resources.count], body: damaged)
      run.note(await run.take { await client.service.answer(request) })
    }
  }

  /// Under a signature that holds.
  private func payloads(_ client: ACMEClient, _ count: Int, _ run: inout MutationRun) async throws {
    let resources = try resources(client)
    for (index, payload) in Self.payloads.enumerated() {
      let samples = Mutations(of: Array(payload.utf8), count: count / Self.payloads.count, seed: UInt64(index + 7))
      for (number, damaged) in samples.enumerated() {
        let resource = resources[number % resources.count]
        let isKey = resource == .newAccount || (resource == .revokeCert && number % 2 == 0)
        if case .account = resource, String(decoding: damaged, as: UTF8.self).contains("deactivated") { continue }
        let request = try client.request(
          resource, body: try await client.message(resource, damaged, byKey: isKey))
        run.note(await run.take { await client.service.answer(request) })
      }
    }
  }

  /// What a ready order is finalized with: a CSR that was changed in its structure and signed again, in a message that is
  /// signed, too. What is refused leaves the order as it was; what is taken needs another.
  private func requests(
    _ scene: ACMEScene, _ client: ACMEClient, _ count: Int, _ enrolling: IssuedWatch, _ run: inout MutationRun
  ) async throws {
    let key = try SoftwareKey.generate(.p256)
    let information = CertificationRequest.toBeSigned(
      subject: DistinguishedName([.init(type: AttributeType.commonName, value: "a.example")]),
      publicKey: key.publicKey,
      extensions: [.subjectAlternativeName([.dnsName("a.example")]), .keyUsage([.digitalSignature])])
    var order = try await scene.ready(client, ["a.example"])
    for changed in DERMutations(of: information, count: count) {
      let csr = CertificationRequest.assemble(
        changed, algorithm: key.algorithm, signature: try key.signature(over: changed))
      let payload = ACMEClient.compact(["csr": .string(Base64.encodeURL(csr))])
      let request = try client.request(.finalize(order), body: try await client.message(.finalize(order), payload))
      let answer = await run.take { await client.service.answer(request) }
      run.note(answer)
      if answer.status == 200 { order = try await scene.ready(client, ["a.example"]) }
    }
  }

  private func resources(_ client: ACMEClient) throws -> [ACMEResource] {
    guard case .account(let account) = try client.resource(client.account) else { return [] }
    return [
      .newOrder, .newAccount, .revokeCert, .keyChange, .account(account), .order(account), .finalize(account),
      .authorization(account), .challenge(account, .deviceAttest), .challenge(account, .http),
    ]
  }
}

extension MutationRun {
  fileprivate mutating func note(_ answer: ACMEAnswer) { note("\(answer.status) \(answer.error ?? "")") }
}

import Crypto
import Enrollment
import Foundation
import Registry
import TestKit
import Testing
import WireFormats

/// Messages that were damaged, and messages that were changed and signed again: none crashes, and none issues anything.
@Suite struct ACMEMutationTests {
  /// `MUTATIONS` in full; a tenth of a hundred thousand otherwise, half of them signed again.
  private static let count = ProcessInfo.processInfo.environment["MUTATIONS"].flatMap { Int($0) } ?? 10_000

  private static let payloads = [
    #"{"identifiers":[{"type":"dns","value":"a.example"},{"type":"permanent-identifier","value":"A/1.2.3"}],"replaces":"AAAA.AQ"}"#,
    #"{"csr":"MIIBAAAA","status":"deactivated","contact":["mailto:a@example.com"]}"#,
    #"{"attObj":"o2NmbXRmcGFja2VkZ2F0dFN0bXShY3g1Y4BoYXV0aERhdGFA","certificate":"MIIBAAAA","reason":1}"#,
  ]

  @Test func nothingBreaksAndNothingIsIssued() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    guard case .account(let account) = try client.resource(client.account) else { return }
    let resources: [ACMEResource] = [
      .newOrder, .newAccount, .revokeCert, .keyChange, .account(account), .order(account), .finalize(account),
      .authorization(account), .challenge(account, .deviceAttest), .challenge(account, .http),
    ]
    let organization = scene.installation.organization
    let before = try await scene.installation.store.read {
      try $0.countCertificates(matching: .init(), in: organization)
    }
    var statuses: [Int: Int] = [:]
    let body = try await client.message(.newOrder, Array(Self.payloads[0].utf8))
    for (index, damaged) in Mutations(of: body, count: Self.count / 2).enumerated() {
      let answer = await client.service.answer(client.request(resources[index % resources.count], body: damaged))
      statuses[answer.status, default: 0] += 1
    }
    for (index, payload) in Self.payloads.enumerated() {
      let samples = Mutations(
        of: Array(payload.utf8), count: Self.count / 2 / Self.payloads.count, seed: UInt64(index + 7))
      for (number, damaged) in samples.enumerated() {
        let resource = resources[number % resources.count]
        let isKey = resource == .newAccount || (resource == .revokeCert && number % 2 == 0)
        if case .account = resource, String(decoding: damaged, as: UTF8.self).contains("deactivated") { continue }
        let signed = try await client.message(resource, damaged, byKey: isKey)
        let answer = await client.service.answer(client.request(resource, body: signed))
        statuses[answer.status, default: 0] += 1
        #expect(answer.status < 500, "\(String(decoding: answer.body, as: UTF8.self))")
      }
    }
    let after = try await scene.installation.store.read {
      try $0.countCertificates(matching: .init(), in: organization)
    }
    #expect(after == before)
    #expect((statuses[400] ?? 0) > Self.count / 2)
  }
}

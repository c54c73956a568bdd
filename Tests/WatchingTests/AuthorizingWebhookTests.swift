import Credentials
import Foundation
import Issuance
import Registry
import TestKit
import Testing
import Watching
import WireFormats

@Suite(.serialized) struct AuthorizingWebhookTests {
  private static func question() throws -> AuthorizationQuestion {
    AuthorizationQuestion(
      organization: "Example Works", profile: try #require(ProfileName(rawValue: "operational")), occasion: .enroll,
      door: .est, serial: "P-1", device: nil, principal: "grant:line-3", subject: "CN=P-1",
      keyHash: [UInt8](repeating: 7, count: 32), address: "192.0.2.7")
  }

  private static func authorization(_ url: String) throws -> Profile.Authorization {
    Profile.Authorization(
      address: try #require(WebhookAddress(url)), timeout: .seconds(1), occasions: [.enroll])
  }

  @Test func aYesSaysWhoSaidItAndTheQuestionIsSigned() async throws {
    try await WatchScene.with { scene in
      let receiver = Receiver(.text(200, #"{"allow":true,"more":1}"#))
      defer { receiver.close() }
      let url = receiver.url + "/know?line=3"
      let who = try await scene.webhook.authorize(Self.question(), Self.authorization(url))
      #expect(who == "127.0.0.1:\(receiver.port)")
      let request = try #require(receiver.requests.first)
      #expect(request.path == "/know?line=3")
      #expect(try scene.isSigned(request, to: url))
      #expect(
        request.headers["signature-input"]?.contains(";created=\(scene.installation.clock.now().seconds);") == true)
      let sent = try #require(try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])
      #expect(sent["serial"] as? String == "P-1")
      #expect(sent["occasion"] as? String == "enroll")
      #expect(sent["id"] as? String == request.headers["touchmark-id"])
      #expect(scene.figures().contains(#"touchmark_authorizations_total{profile="operational",outcome="allowed"} 1"#))
    }
  }

  @Test func aNoIsARefusalWithItsReasonForTheLogAlone() async throws {
    try await WatchScene.with { scene in
      let receiver = Receiver(.text(200, #"{"allow":false,"reason":"not on \u001b[31mline 3"}"#))
      defer { receiver.close() }
      let refusal = await #expect(throws: Refusal.self) {
        try await scene.webhook.authorize(Self.question(), Self.authorization(receiver.url))
      }
      #expect(refusal?.code == .forbidden)
      #expect(refusal?.rule == "authorize")
      #expect(refusal?.reason.contains("line 3") == false)
      #expect(refusal?.detail == "127.0.0.1:\(receiver.port): not on  [31mline 3")
    }
  }

  static let bad: [(String, Receiver.Answer, String)] = [
    ("hangs", .silence, "no answer within 1.0 s"),
    ("drips", .drip, "no answer within 1.0 s"),
    ("redirects", .text(307, "{}"), "answered 307"),
    ("fails", .text(500, #"{"allow":true}"#), "answered 500"),
    (
      "talks at length", .text(200, #"{"allow":true,"x":""# + String(repeating: "x", count: 40_000) + #""}"#),
      "more than 16384"
    ),
    ("talks garbage", .raw([0, 1, 2, 3, 0xFF]), "not reached"),
    ("says nothing clear", .text(200, #"{"allow":"yes"}"#), "cannot be understood"),
    ("answers another question", .text(200, #"{"allow":true,"id":"00"}"#), "cannot be understood"),
    ("is not JSON", .text(200, "true"), "cannot be understood"),
  ]

  @Test(arguments: bad.indices) func whateverIsNotAClearYesIsANo(_ place: Int) async throws {
    let (name, answer, words) = Self.bad[place]
    try await WatchScene.with { scene in
      let receiver = Receiver(answer)
      defer { receiver.close() }
      let began = ContinuousClock.now
      let refusal = await #expect(throws: Refusal.self, "\(name)") {
        try await scene.webhook.authorize(Self.question(), Self.authorization(receiver.url))
      }
      #expect(refusal?.code == .unavailable, "\(name)")
      #expect(refusal?.detail?.contains(words) == true, "\(name): \(refusal?.detail ?? "")")
      #expect(ContinuousClock.now - began < .seconds(10), "\(name)")
      // A redirect was not followed.
      #expect(receiver.requests.count == 1, "\(name)")
    }
  }

  @Test func nobodyThereIsANo() async throws {
    try await WatchScene.with { scene in
      let port = FreePort.find(1)[0]
      let refusal = await #expect(throws: Refusal.self) {
        try await scene.webhook.authorize(Self.question(), Self.authorization("http://127.0.0.1:\(port)"))
      }
      #expect(refusal?.code == .unavailable)
    }
  }

  @Test func moreThanSixtyFourAtOnceAreRefusedAtOnce() async throws {
    try await WatchScene.with { scene in
      let receiver = Receiver(.silence)
      defer { receiver.close() }
      let webhook = scene.webhook
      let authorization = try Self.authorization(receiver.url)
      let question = try Self.question()
      let details = await withTaskGroup(of: String.self) { group in
        for _ in 0..<70 {
          group.addTask {
            do { return try await webhook.authorize(question, authorization) } catch {
              return (error as? Refusal)?.detail ?? ""
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(details.filter { $0.contains("more than 64 exchanges at once") }.count == 6)
    }
  }

  @Test(arguments: [
    "http://factory.example", "https://user:secret@factory.example", "ftp://factory.example", "https://", "/path",
    "https://factory.example/#x", "https://factory.example/ x",
  ]) func onlyAddressesThatAreSafeAreTaken(_ text: String) { #expect(WebhookAddress(text) == nil) }

  @Test func anEnrollmentAsksAndTheLogSaysWho() async throws {
    try await WatchScene.with { scene in
      let receiver = Receiver(.text(200, #"{"allow":true}"#))
      defer { receiver.close() }
      let installation = scene.installation
      let actor = Actor(name: "Ann", role: .administrator, fingerprint: [])
      let organization = installation.organization
      let current = try #require(
        try await installation.store.read {
          try $0.profiles(in: organization).first { $0.name.rawValue == "operational" }
        })
      let document = current.document + "\nauthorize:\n  url: \(receiver.url)/known\n  timeout: 1s\n"
      _ = try await ProfileService(
        store: installation.store, roster: installation.roster, clock: installation.clock.now
      )
      .apply(document, named: nil, isDryRun: false, by: actor)
      let service = EnrollmentService(
        store: installation.store, roster: installation.roster, catalog: installation.catalog,
        reservedNames: ReservedNames([]), authorizing: scene.webhook, clock: installation.clock.now)
      func ask(_ serial: String) async throws -> Issued {
        try await service.enroll(
          EnrollmentRequest(
            request: try await TestDevice(serial).request(), credential: .administrator(actor), door: .rest,
            label: ProfileName(rawValue: "operational"), isRenewal: false, address: "192.0.2.1"))
      }
      _ = try await ask("A-1")
      receiver.set(.text(200, #"{"allow":false,"reason":"no such unit"}"#))
      await #expect(throws: Refusal.self) { try await ask("A-2") }
      receiver.set(.text(500, ""))
      await #expect(throws: Refusal.self) { try await ask("A-3") }
      let entries = try await installation.store.read {
        try $0.auditEntries(after: nil, limit: 100, subject: nil, in: organization)
      }.map { String(decoding: $0.entry ?? [], as: UTF8.self) }
      let host = "127.0.0.1:\(receiver.port)"
      #expect(entries.contains { $0.contains(#""authorized_by":"\#(host)""#) && $0.contains("A-1") })
      #expect(entries.contains { $0.contains(#""authorize":"\#(host): no such unit""#) && $0.contains("refused") })
      #expect(entries.contains { $0.contains(#""authorize":"\#(host): answered 500""#) && $0.contains("refused") })
      #expect(receiver.requests.allSatisfy { $0.text.contains(#""profile":"operational""#) })
    }
  }
}

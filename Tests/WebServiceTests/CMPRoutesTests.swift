import Credentials
import Enrollment
import Foundation
import Issuance
import KeyCustody
import TestKit
import Testing
import WebService
import WireFormats

/// RFC 9811: what of CMP is HTTP.
@Suite struct CMPRoutesTests {
  private struct NoSecrets: SecretOpening {
    func secrets(named _: String) async throws(Refusal) -> [[UInt8]] { [] }
  }

  private static func routes(_ installation: TestInstallation, limit: Int = 262_144) -> CMPRoutes {
    let (store, roster, organization) = (installation.store, installation.roster, installation.organization)
    let clock = installation.clock.now
    let profiles = ProfileLookup(store: store, organization: organization, catalog: installation.catalog)
    let service = CMPService(
      enrolling: installation.enrollment,
      revoking: CertificateService(store: store, organization: organization, clock: clock),
      information: InstallationInformation(roster: roster, profiles: profiles) { _ in nil },
      transactions: StoredTransactions(store: store, organization: organization, clock: clock), secrets: NoSecrets(),
      protecting: AuthorityProtection(roster: roster, store: store, profiles: profiles, clock: clock),
      registrar: { _ throws(Refusal) in nil }, clock: clock)
    return CMPRoutes(
      service: service,
      door: DeviceDoor(
        .cmp, bound: BodyBound(name: "cmp_body_bytes", limit: limit), throttle: WrongSecretThrottle(), clock: clock,
        logger: LogCapture().logger()))
  }

  private struct Answer {
    let status: Int
    let head: String
    let body: [UInt8]
  }

  private func post(
    _ server: ListeningServer, _ path: String, _ body: [UInt8], type: String? = "application/pkixcmp"
  ) async throws -> Answer {
    let bench = try Workbench()
    try bench.write(body, to: "body")
    let outcome = try bench.run(
      ["curl", "-sS", "-D", "head", "-o", "answer", "--data-binary", "@body"]
        + ["-H", type.map { "Content-Type: \($0)" } ?? "Content-Type:", server.plainURL + path])
    try #require(outcome.status == 0, "\(outcome.text)")
    let head = String(decoding: try bench.read("head"), as: UTF8.self)
    let status = head.split(separator: "\r\n").last { $0.hasPrefix("HTTP/") }?.split(separator: " ").dropFirst().first
    return Answer(
      status: Int(status ?? "") ?? 0, head: head.lowercased(), body: (try? bench.read("answer")) ?? [])
  }

  private func general(_ installation: TestInstallation) throws -> [UInt8] {
    try CMPClient(.none, at: installation.clock.now()).message(21, CMPClient.general(17))
  }

  /// RFC 9811 §3.4, RFC 9483 §6.1: each address answers, as `application/pkixcmp` that nobody caches.
  @Test func everyAddressAnswers() async throws {
    let installation = try await TestInstallation()
    try await ListeningServer.with(plain: [Self.routes(installation)]) { server in
      for path in ["", "/getcacerts", "/p/lab", "/p/lab/getcacerts"] {
        for type in ["application/pkixcmp", "Application/PKIXCMP; charset=binary"] {
          let answer = try await post(server, "/.well-known/cmp" + path, general(installation), type: type)
          #expect(answer.status == 200, "\(path)")
          #expect(answer.head.contains("content-type: application/pkixcmp\r\n"))
          #expect(answer.head.contains("cache-control: no-store\r\n"))
          #expect(try CMPReply(parsing: answer.body).kind == 22)
        }
      }
      let unknown = try await post(server, "/.well-known/cmp/anything", general(installation))
      #expect(unknown.status == 404)
    }
  }

  /// RFC 9811 §3.3: what CMP can say is said in CMP, under 200.
  @Test func refusalsAreMessages() async throws {
    let installation = try await TestInstallation()
    try await ListeningServer.with(plain: [Self.routes(installation)]) { server in
      let device = try TestDevice("PUMP-1")
      let request = try CMPClient(.none, at: installation.clock.now()).message(
        0, CMPClient.requests(device.key, subject: .empty))
      for (path, octets) in [
        ("", request), ("/keyupdate", try general(installation)), ("/p/no-such-profile", try general(installation)),
      ] {
        let answer = try await post(server, "/.well-known/cmp" + path, octets)
        #expect(answer.status == 200 && answer.head.contains("content-type: application/pkixcmp"), "\(path)")
        #expect(try CMPReply(parsing: answer.body).kind == 23, "\(path)")
      }
    }
  }

  @Test func whatIsNoPostIsRefused() async throws {
    let installation = try await TestInstallation()
    try await ListeningServer.with(plain: [Self.routes(installation)]) { server in
      for path in ["", "/getcacerts", "/p/lab", "/p/lab/getcacerts"] {
        let answer = try await server.curl("-i", "\(server.plainURL)/.well-known/cmp\(path)")
        #expect(answer.text.contains(" 405 "), "\(path)")
        #expect(answer.text.lowercased().contains("allow: post"), "\(path)")
      }
    }
  }

  @Test(arguments: ["application/pkcs10", "text/plain", "application/pkixcmp-poll", nil] as [String?])
  func anotherTypeIsRefused(_ type: String?) async throws {
    let installation = try await TestInstallation()
    try await ListeningServer.with(plain: [Self.routes(installation)]) { server in
      let answer = try await post(server, "/.well-known/cmp", general(installation), type: type)
      #expect(answer.status == 415)
      #expect(String(decoding: answer.body, as: UTF8.self).contains("application/pkixcmp"))
    }
  }

  @Test func whatIsNoMessageIsRefused() async throws {
    let installation = try await TestInstallation()
    try await ListeningServer.with(plain: [Self.routes(installation, limit: 4096)]) { server in
      for octets in [[0x30, 0x00], Array("hello".utf8), [0x30, 0x80, 0x00, 0x00]] as [[UInt8]] {
        #expect(try await post(server, "/.well-known/cmp", octets).status == 400)
      }
      let large = try await post(server, "/.well-known/cmp", [UInt8](repeating: 0x30, count: 5000))
      #expect(large.status == 413)
      #expect(String(decoding: large.body, as: UTF8.self).contains("cmp_body_bytes"))
    }
  }
}

import TestKit
import Testing
import WebService

/// What the doors of devices have in common, whatever they speak.
@Suite struct DeviceDoorTests {
  @Test func aBodyThatIsTooLargeIs413() async throws {
    try await RESTScene.with { scene in
      let body = [UInt8](repeating: 0x41, count: 300_000)
      for (path, type) in [
        ("/.well-known/est/simpleenroll", "application/pkcs10"),
        ("/scep/doors?operation=PKIOperation", "application/x-pki-message"),
        ("/.well-known/cmp/p/doors", "application/pkixcmp"), ("/acme/lab/new-order", "application/jose+json"),
      ] {
        let answer = try await scene.post(path, body, type: type, RESTScene.basic("PUMP-1", "secret"))
        #expect(answer.status == 413, "\(path): \(answer.text)")
      }
      #expect(scene.logs.containing("_body_bytes").count == 4)
    }
  }

  /// RFC 8555 §6.4: a message that was signed for another server is not taken, whatever name this one is called by.
  @Test func acmeIsServedUnderTheServersOwnNames() async throws {
    try await RESTScene.with { scene in
      #expect(try await scene.get("/acme/lab/directory").status == 200)
      for host in ["evil.example", "evil.example:8443"] {
        let answer = try await scene.post(
          "/acme/lab/new-order", [], type: "application/jose+json", ("Host", host))
        #expect(answer.status == 421, "\(answer.text)")
      }
    }
  }
}

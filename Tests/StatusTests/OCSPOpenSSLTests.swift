import Credentials
import KeyCustody
import Registry
import Status
import TestKit
import Testing
import WireFormats

/// `openssl ocsp` asks, and judges the answer.
@Suite struct OCSPOpenSSLTests {
  struct Scene {
    let fixture: StandingFixture
    let bench: Workbench
    let responder: OCSPResponder

    init(_ algorithm: KeyAlgorithm = .p256) async throws {
      fixture = try StandingFixture(algorithm)
      bench = try Workbench()
      responder = try await fixture.responder()
      try bench.writePEM("CERTIFICATE", fixture.authority.certificate.encoded, to: "ca.pem")
      try bench.writePEM("CERTIFICATE", fixture.leaf.encoded, to: "leaf.pem")
    }

    /// Asks about leaf.pem, then has the answer verified.
    func ask(_ options: String...) async throws -> String {
      let hash = options.contains("-sha256") ? "-sha256" : "-sha1"
      let nonce = options.contains("-nonce") ? "-nonce" : "-no_nonce"
      let asked = try bench.run(
        "openssl", "ocsp", hash, "-issuer", "ca.pem", "-cert", "leaf.pem", nonce, "-reqout", "request.der")
      #expect(asked.status == 0, "\(asked.text)")
      try bench.write(await responder.answer(try bench.read("request.der")).bytes, to: "response.der")
      return try judged(hash: hash)
    }

    /// Against the request for its nonce, then for each certificate by name. (With `-cert`, openssl makes a request of
    /// its own and does not read the one that was sent.)
    func judged(_ certificates: [String] = ["leaf.pem"], hash: String = "-sha1") throws -> String {
      let whole = try bench.run(
        "openssl", "ocsp", "-reqin", "request.der", "-respin", "response.der", "-CAfile", "ca.pem", "-resp_text")
      return try certificates.reduce(whole.text) { text, name in
        try text
          + bench.run(
            "openssl", "ocsp", hash, "-no_nonce", "-issuer", "ca.pem", "-cert", name, "-respin", "response.der",
            "-CAfile", "ca.pem"
          ).text
      }
    }
  }

  @Test(arguments: [KeyAlgorithm.p256, .p384, .ed25519, .rsa2048])
  func verifies(algorithm: KeyAlgorithm) async throws {
    let scene = try await Scene(algorithm)
    let text = try await scene.ask()
    #expect(text.contains("Response verify OK") && text.contains("leaf.pem: good"), "\(text)")
    #expect(text.contains("OCSP No Check") || text.contains("OCSP Response Data"))
  }

  @Test func nonceAndSHA256() async throws {
    let text = try await Scene().ask("-nonce", "-sha256")
    #expect(text.contains("Response verify OK") && text.contains("leaf.pem: good"), "\(text)")
    #expect(text.contains("OCSP Nonce") && !text.contains("WARNING"), "\(text)")
  }

  @Test func revokedWithReason() async throws {
    let scene = try await Scene()
    let at = scene.fixture.clock.now().wholeSecond - .hours(1)
    scene.fixture.source.set(
      CertificateStanding(state: .revoked(at: at, reason: .keyCompromise)), scene.fixture.leaf.serial, scene.fixture.id)
    let text = try await scene.ask()
    #expect(text.contains("leaf.pem: revoked") && text.contains("Reason: keyCompromise"), "\(text)")
  }

  @Test func unknownOverSeveral() async throws {
    let scene = try await Scene()
    let never = try scene.fixture.authority.issue("never recorded")
    try scene.bench.writePEM("CERTIFICATE", never.encoded, to: "never.pem")
    let asked = try scene.bench.run(
      "openssl", "ocsp", "-issuer", "ca.pem", "-cert", "leaf.pem", "-cert", "never.pem", "-nonce", "-reqout",
      "request.der")
    #expect(asked.status == 0)
    try scene.bench.write(
      await scene.responder.answer(try scene.bench.read("request.der")).bytes, to: "response.der")
    let text = try scene.judged(["leaf.pem", "never.pem"])
    #expect(text.contains("leaf.pem: good") && text.contains("never.pem: unknown"), "\(text)")
    #expect(text.contains("Response verify OK"))
  }
}

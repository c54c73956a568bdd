import AdministrationAPI
import Credentials
import Foundation
import TestKit
import Testing
import WireFormats

/// An authority from elsewhere that is renewed here, and whose installation gets another root: devices that trust nothing
/// but the old root go on.
@Suite(.serialized) struct ExistingPKIRolloverTests {
  /// A root, `depth` authorities under it, each under the one before, and two devices of the last: all openssl's.
  private struct OldAuthority {
    let folder: TemporaryFolder
    var path: String { folder.path }

    init(depth: Int) async throws {
      folder = try TemporaryFolder()
      let made = try await Program(path: "/bin/sh").run(["-c", Self.script, "sh", "\(depth)"], in: folder.path)
      try #require(made.exit == 0, "\(made.transcript)")
    }

    /// `issuer.pem` has the issuer first and those above it after it, without the root.
    var options: [String] {
      ["--issuer-cert", path + "/issuer.pem", "--issuer-key", path + "/ca.key", "--root", path + "/root.pem"]
    }

    private static let script = """
      set -e
      cat > ca.cnf <<'END'
      [req]
      distinguished_name = n
      [n]
      [ca]
      basicConstraints = critical,CA:TRUE
      keyUsage = critical,keyCertSign,cRLSign
      subjectKeyIdentifier = hash
      [leaf]
      basicConstraints = CA:FALSE
      keyUsage = digitalSignature
      extendedKeyUsage = clientAuth
      subjectKeyIdentifier = hash
      authorityKeyIdentifier = keyid
      END
      key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out $1; }
      key ca.key
      openssl req -x509 -new -key ca.key -subj "/O=Old/CN=Old Root" -days 2000 -config ca.cnf -extensions ca -out root.pem
      cp root.pem ca.pem; : > above.pem
      i=1
      while [ $i -le $1 ]; do
        key next.key
        openssl req -new -key next.key -subj "/O=Old/CN=Old Authority $i" -config ca.cnf -out next.csr
        openssl x509 -req -in next.csr -CA ca.pem -CAkey ca.key -days 1900 -extfile ca.cnf -extensions ca \
          -set_serial 10$i -out next.pem
        [ $i -eq 1 ] || cat ca.pem above.pem > upper.pem && [ $i -eq 1 ] || mv upper.pem above.pem
        mv next.key ca.key; mv next.pem ca.pem
        i=$((i+1))
      done
      cat ca.pem above.pem > issuer.pem
      mkdir books
      for d in D-1 D-2; do
        key $d.key
        openssl req -new -key $d.key -subj "/CN=$d" -config ca.cnf -out $d.csr
        openssl x509 -req -in $d.csr -CA ca.pem -CAkey ca.key -days 30 -extfile ca.cnf -extensions leaf \
          -set_serial 0x20${d#D-} -out books/$d.pem
        openssl req -in $d.csr -outform DER | openssl base64 -A > $d.b64
      done
      """
  }

  /// With the certificate that the device has, trusting the old root alone. The next one is kept as `NAME-new.pem`.
  private func renew(_ device: String, of old: OldAuthority, at server: RunningServer) async throws {
    let answer = try await Program(path: "/usr/bin/curl").run([
      "-sS", "--fail-with-body", "--cacert", old.path + "/root.pem", "--cert", "\(old.path)/books/\(device).pem",
      "--key",
      "\(old.path)/\(device).key", "-H", "Content-Type: application/pkcs10", "--data-binary",
      "@\(old.path)/\(device).b64", server.https + "/.well-known/est/simplereenroll",
    ])
    try #require(answer.exit == 0, "\(answer.transcript)")
    try await certificates(answer.output, as: "\(device)-new.pem", of: old)
  }

  private func certificates(_ body: String, as file: String, of old: OldAuthority) async throws {
    let base64 = body.filter { !$0.isWhitespace }
    let decoded = try #require(Data(base64Encoded: base64))
    try decoded.write(to: URL(fileURLWithPath: old.path + "/answer.p7"))
    let pem = try await Program(path: "/usr/bin/openssl").run(
      ["pkcs7", "-inform", "DER", "-in", "answer.p7", "-print_certs", "-out", file], in: old.path)
    try #require(pem.exit == 0, "\(pem.transcript)")
  }

  /// With what `cacerts` gives to whoever trusts the old root alone, but for roots: openssl takes the first way that it
  /// finds, and never goes back from a root that it does not trust.
  private func verify(_ leaf: String, of old: OldAuthority, at server: RunningServer) async throws -> Program.Outcome {
    let body = try await Program(path: "/usr/bin/curl").run([
      "-sS", "--fail-with-body", "--cacert", old.path + "/root.pem", server.https + "/.well-known/est/cacerts",
    ])
    try #require(body.exit == 0, "\(body.transcript)")
    try await certificates(body.output, as: "cacerts.pem", of: old)
    let between = try (PEM.parse(old.folder.text("cacerts.pem") ?? "") ?? []).filter { block in
      let certificate = try Certificate(parsing: block.bytes)
      return certificate.publicKey.map(certificate.isSigned) == false
    }
    try old.folder.write("between.pem", between.map(\.text).joined())
    return try await Program(path: "/usr/bin/openssl").run(
      ["verify", "-CAfile", "root.pem", "-untrusted", "between.pem", leaf], in: old.path)
  }

  @Test(arguments: [0, 1, 3])
  func devicesThatTrustTheOldRootAloneGoOn(_ depth: Int) async throws {
    let old = try await OldAuthority(depth: depth)
    defer { old.folder.remove() }
    try await RunningServer.with(old.options) { server in
      let told: CertificateImportResult = try await server.json(["certificate", "import", old.path + "/books"])
      #expect(told.added == 2 && told.refused.isEmpty, "\(told)")
      try await renew("D-1", of: old, at: server)
      for leaf in ["books/D-1.pem", "D-1-new.pem"] {
        let verified = try await verify(leaf, of: old, at: server)
        #expect(verified.exit == 0, "\(depth): \(verified.transcript)")
      }

      let renewed = try await server.touchmark(["authority", "renew", "operational"])
      #expect(renewed.exit == 0, "\(renewed.transcript)")
      try await renew("D-2", of: old, at: server)
      for leaf in ["books/D-2.pem", "D-1-new.pem", "D-2-new.pem"] {
        let verified = try await verify(leaf, of: old, at: server)
        #expect(verified.exit == 0, "\(depth), renewed: \(verified.transcript)")
      }
      let fresh = try Certificate(
        parsing: #require(PEM.parse(old.folder.text("D-2-new.pem") ?? "")?.first).bytes)
      let all: [AuthorityItem] = try await server.json(["authority", "list"])
      let active = try #require(all.first { $0.purpose == "operational" && $0.state == "active" })
      let issuer = try Certificate(parsing: #require(PEM.parse(active.certificate)?.first).bytes)
      #expect(issuer.publicKey.map(fresh.isSigned) == true)

      for options in [[], ["--compromised"]] {
        let done = try await server.touchmark(["root", "succeed"] + options)
        #expect(done.exit == 0, "\(done.transcript)")
        await server.stop()
        try await server.serve()
        for device in ["D-1", "D-2"] {
          try await renew(device, of: old, at: server)
          let verified = try await verify("\(device)-new.pem", of: old, at: server)
          #expect(verified.exit == 0, "\(depth), succeeded \(options): \(verified.transcript)")
        }
      }
      // What the old authority signed is still answered for, in its own name.
      let ca = try await Program(path: "/usr/bin/openssl").run([
        "ocsp", "-issuer", old.path + "/ca.pem", "-cert", old.path + "/books/D-2.pem", "-url", server.http + "/ocsp",
        "-CAfile", old.path + "/root.pem", "-verify_other", old.path + "/issuer.pem", "-no_nonce",
      ])
      #expect(ca.output.contains("D-2.pem: good"), "\(ca.transcript)")
      #expect(try await server.touchmark(["audit", "verify"]).exit == 0)
    }
  }

  @Test func whatIsMissingInBetweenIsNamed() async throws {
    let old = try await OldAuthority(depth: 3)
    defer { old.folder.remove() }
    let data = old.path + "/data"
    let refused = try await Program.touchmark.run([
      "init", "--data", data, "--organization", "Works", "--issuer-cert", old.path + "/ca.pem", "--issuer-key",
      old.path + "/ca.key", "--root", old.path + "/root.pem",
    ])
    #expect(refused.exit == 1 && refused.errors.contains("does not chain to the root"), "\(refused.transcript)")
    #expect(refused.errors.contains("goes into the issuer's file"), "\(refused.transcript)")
    #expect(!FileManager.default.fileExists(atPath: data))
  }
}

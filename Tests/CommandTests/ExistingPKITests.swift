import AdministrationAPI
import Foundation
import TestKit
import Testing

/// An authority that openssl made goes on here, through the real program.
@Suite(.serialized) struct ExistingPKITests {
  /// A root that issues, as a small shop has it: two devices, one of them revoked, in an index and files of openssl's.
  struct OldAuthority {
    let folder: TemporaryFolder
    var path: String { folder.path }

    init() async throws {
      folder = try TemporaryFolder()
      let made = try await Program(path: "/bin/sh").run(["-c", Self.script], in: folder.path)
      try #require(made.exit == 0, "\(made.transcript)")
    }

    private static let script = """
      set -e
      mkdir newcerts; : > index.txt; echo 1F > serial; echo 10 > crlnumber
      cat > ca.cnf <<'END'
      [ca]
      default_ca = d
      [d]
      database = index.txt
      new_certs_dir = newcerts
      serial = serial
      crlnumber = crlnumber
      certificate = ca.pem
      private_key = ca.key
      default_md = sha256
      default_days = 30
      default_crl_days = 7
      policy = p
      x509_extensions = v
      [p]
      commonName = supplied
      [v]
      basicConstraints = CA:FALSE
      keyUsage = digitalSignature
      [req]
      distinguished_name = p
      [root]
      basicConstraints = critical,CA:TRUE
      keyUsage = critical,keyCertSign,cRLSign
      subjectKeyIdentifier = hash
      END
      openssl ecparam -name prime256v1 -genkey -out ca.key
      openssl req -x509 -new -key ca.key -subj "/CN=Old CA" -days 1000 -config ca.cnf -extensions root -out ca.pem
      for d in D-1 D-2; do
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out $d.key
        openssl req -new -key $d.key -subj "/CN=$d" -config ca.cnf -out $d.csr
        openssl ca -batch -config ca.cnf -in $d.csr -out $d.pem -notext
      done
      openssl ca -config ca.cnf -revoke D-2.pem -crl_reason keyCompromise
      openssl ca -config ca.cnf -gencrl -out crl.pem
      openssl req -in D-1.csr -outform DER | openssl base64 -A > D-1.b64
      openssl req -in D-2.csr -outform DER | openssl base64 -A > D-2.b64
      openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other.key
      openssl pkcs8 -topk8 -in ca.key -passout pass:secret -out encrypted.key
      """

    var options: [String] {
      ["--issuer-cert", path + "/ca.pem", "--issuer-key", path + "/ca.key", "--root", path + "/ca.pem"]
    }
  }

  private func renew(_ device: String, of old: OldAuthority, at server: RunningServer) async throws -> String {
    // The old root alone is trusted, and the old certificate shown.
    try await Program(path: "/usr/bin/curl").run([
      "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", old.path + "/ca.pem", "--cert",
      "\(old.path)/\(device).pem", "--key", "\(old.path)/\(device).key", "-H", "Content-Type: application/pkcs10",
      "--data-binary", "@\(old.path)/\(device).b64", server.https + "/.well-known/est/simplereenroll",
    ]).output
  }

  private func ocsp(_ device: String, of old: OldAuthority, at server: RunningServer) async throws -> String {
    let ca = old.path + "/ca.pem"
    return try await Program(path: "/usr/bin/openssl").run([
      "ocsp", "-issuer", ca, "-cert", "\(old.path)/\(device).pem", "-url", server.http + "/ocsp", "-CAfile", ca,
      "-no_nonce",
    ]).output
  }

  @Test func whatItIssuedRenewsAndWhatItRevokedStaysRevoked() async throws {
    let old = try await OldAuthority()
    defer { old.folder.remove() }
    try await RunningServer.with(old.options + ["--issuer-crl", old.path + "/crl.pem"]) { server in
      #expect(FileManager.default.fileExists(atPath: old.path + "/ca.key"))
      #expect(try await ocsp("D-2", of: old, at: server).contains("revoked"))
      let told: CertificateImportResult = try await server.json(["certificate", "import", old.path])
      #expect(told.added == 2 && told.devices == 2 && told.refused.isEmpty, "\(told)")
      let again: CertificateImportResult = try await server.json(
        ["certificate", "import", old.path + "/index.txt"])
      #expect(again.added == 0 && again.unchanged == 2 && again.devices == 0 && again.revoked == 0, "\(again)")
      #expect(try await ocsp("D-1", of: old, at: server).contains("D-1.pem: good"))
      #expect(try await ocsp("D-2", of: old, at: server).contains("revoked"))

      // What was brought along expires like all else, and is found by that.
      let soon: [DeviceItem] = try await server.json(["device", "list", "--where", "expires<60d"])
      #expect(soon.map(\.serial) == ["D-1", "D-2"] && soon.allSatisfy { $0.expiresAt != nil })

      #expect(try await renew("D-1", of: old, at: server) == "200")
      #expect(try await renew("D-2", of: old, at: server) == "403")
      let shown: DeviceDetail = try await server.json(["device", "show", "D-1"])
      #expect(shown.certificates.map(\.door) == ["import", "est"])

      let listed: [AuthorityItem] = try await server.json(["authority", "list"])
      let operational = try #require(listed.first { $0.purpose == "operational" })
      #expect(operational.subject == "CN=Old CA" && (operational.crlNumber ?? 0) > 0x10)
      #expect(try await server.touchmark(["audit", "verify"]).exit == 0)
    }
  }

  @Test func whatDoesNotFitTogetherIsRefusedBeforeAnythingIsMade() async throws {
    let old = try await OldAuthority()
    defer { old.folder.remove() }
    func refusal(_ certificate: String, _ key: String, _ root: String, _ more: [String] = []) async throws -> String {
      let data = old.path + "/data"
      let outcome = try await Program.touchmark.run(
        [
          "init", "--data", data, "--organization", "Works", "--issuer-cert", old.path + "/" + certificate,
          "--issuer-key", old.path + "/" + key, "--root", old.path + "/" + root,
        ] + more)
      #expect(outcome.exit != 0 && !FileManager.default.fileExists(atPath: data), "\(outcome.transcript)")
      return outcome.errors
    }
    #expect(try await refusal("ca.pem", "other.key", "ca.pem").contains("the key does not belong"))
    #expect(try await refusal("D-1.pem", "D-1.key", "ca.pem").contains("is no authority's"))
    #expect(try await refusal("ca.pem", "ca.key", "D-1.pem").contains("is not signed by itself"))
    #expect(try await refusal("ca.pem", "encrypted.key", "ca.pem").contains("encrypted under a passphrase"))
    #expect(try await refusal("ca.pem", "ca.pem", "ca.pem").contains("holds no private key"))
    #expect(
      try await refusal("ca.pem", "ca.key", "ca.pem", ["--issuer-crl", old.path + "/ca.pem"]).contains("holds no CRL"))
  }
}

import AdministrationAPI
import Foundation
import TestKit
import Testing

/// A device whose certificate ended longer ago than its profile forgives. Real time cannot pass in a test, so an
/// authority that openssl made has issued certificates with dates of long ago.
@Suite(.serialized) struct ReadmissionCommandTests {
  private static let script = """
    set -e
    mkdir newcerts; : > index.txt; echo 1F > serial
    cat > ca.cnf <<'END'
    [ca]
    default_ca = d
    [d]
    database = index.txt
    new_certs_dir = newcerts
    serial = serial
    certificate = ca.pem
    private_key = ca.key
    default_md = sha256
    policy = p
    x509_extensions = v
    unique_subject = no
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
    openssl req -new -key ca.key -subj "/CN=Old CA" -config ca.cnf -out ca.csr
    openssl ca -batch -config ca.cnf -selfsign -extensions root -startdate 20200101000000Z -enddate 20450101000000Z \
      -in ca.csr -out ca.pem -notext
    for d in LATE-1 LATE-2; do
      openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out $d.key
      openssl req -new -key $d.key -subj "/CN=$d" -config ca.cnf -out $d.csr
      openssl ca -batch -config ca.cnf -startdate 20240101000000Z -enddate 20250101000000Z -in $d.csr -out $d.pem -notext
      openssl req -in $d.csr -outform DER | openssl base64 -A > $d.b64
    done
    """

  @Test func oneThatIsReadmittedRenewsAndOneThatIsSuspendedIsNot() async throws {
    let old = try TemporaryFolder()
    defer { old.remove() }
    let made = try await Program(path: "/bin/sh").run(["-c", Self.script], in: old.path)
    try #require(made.exit == 0, "\(made.transcript)")
    let authority = ["--issuer-cert", "ca.pem", "--issuer-key", "ca.key", "--root", "ca.pem"].map {
      $0.hasPrefix("--") ? $0 : old.path + "/" + $0
    }
    try await RunningServer.with(authority) { server in
      let told: CertificateImportResult = try await server.json(["certificate", "import", old.path])
      try #require(told.devices == 2 && told.refused.isEmpty, "\(told)")
      let refused = try await renew("LATE-1", old, server)
      #expect(refused.hasPrefix("403") && refused.contains("device readmit LATE-1"), "\(refused)")

      let unsaid = try await server.touchmark(["device", "readmit", "LATE-1"])
      #expect(unsaid.exit == 2, "\(unsaid.transcript)")
      let readmitted = try await server.touchmark([
        "device", "readmit", "LATE-1", "--for", "48h", "--reason", "customs",
      ])
      #expect(readmitted.exit == 0 && readmitted.output.contains("may renew an expired certificate for 48h"))
      #expect(try await renew("LATE-1", old, server).hasPrefix("200"))
      // The other one was not readmitted, and is not once it is suspended.
      #expect(try await renew("LATE-2", old, server).hasPrefix("403"))
      #expect(try await server.touchmark(["device", "suspend", "LATE-2"]).exit == 0)
      let held = try await server.touchmark(["device", "readmit", "LATE-2", "--for", "48h"])
      #expect(held.exit == 6 && held.errors.contains("suspended"), "\(held.transcript)")
      #expect(try await renew("LATE-2", old, server).hasPrefix("403"))

      let log = try await server.touchmark(["audit", "list"])
      #expect(log.exit == 0 && log.output.contains("device.readmit"), "\(log.transcript)")
    }
  }

  /// The status and the answer's words.
  private func renew(_ device: String, _ old: TemporaryFolder, _ server: RunningServer) async throws -> String {
    let path = old.path + "/" + device
    return try await Program(path: "/usr/bin/curl").run([
      "-s", "-o", path + ".answer", "-w", "%{http_code} ", "--cacert", old.path + "/ca.pem", "--cert", path + ".pem",
      "--key", path + ".key", "-H", "Content-Type: application/pkcs10", "--data-binary", "@\(path).b64",
      server.https + "/.well-known/est/simplereenroll",
    ]).output + (old.text(device + ".answer") ?? "")
  }
}

import AdministrationAPI
import Foundation
import TestKit
import Testing
import touchmark

/// Books as CFSSL keeps them: a table of certificates in a database (its `certdb`), and no folder at all.
@Suite(.serialized) struct CFSSLBooksTests {
  /// The columns of CFSSL's table for SQLite and what its accessor writes into them: serial numbers in decimal, times as
  /// Go prints them, the year 1 for what never happened. Then what `sqlite3 -header -csv` prints of it.
  private static let certdb = """
    import csv, os, sqlite3, subprocess, sys
    os.mkdir("dump")
    db = sqlite3.connect("certs.db")
    db.execute("create table certificates (serial_number blob not null, authority_key_identifier blob not null, "
        "ca_label blob, status blob not null, reason int, created_at timestamp, expiry timestamp, "
        "revoked_at timestamp, pem blob not null, issued_at timestamp, not_before timestamp, metadata text, "
        "sans text, common_name text, primary key (serial_number, authority_key_identifier))")
    def openssl(*words):
        return subprocess.run(["openssl", "x509", "-noout", *words], check=True, capture_output=True, text=True).stdout
    for name in sys.argv[1:]:
        path = name + ".pem"
        serial = int(openssl("-in", path, "-serial").strip().split("=")[1], 16)
        revoked = name == "D-2"
        db.execute("insert into certificates values (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", (
            str(serial), "00ff", "", "revoked" if revoked else "good", 1 if revoked else 0,
            "2026-11-01 10:00:00.123456+00:00", "2036-11-01 10:00:00+00:00",
            "2026-11-20 09:30:00.5+00:00" if revoked else "0001-01-01 00:00:00+00:00", open(path).read(),
            None, None, '{"profile":"a, b"}', None, name))
    with open("dump/certs.csv", "w", newline="") as file:
        rows = db.execute("select * from certificates")
        writer = csv.writer(file)
        writer.writerow([column[0] for column in rows.description])
        writer.writerows(rows)
    """

  @Test func aDumpOfItsTableComesAlong() async throws {
    let old = try await ExistingPKITests.OldAuthority()
    defer { old.folder.remove() }
    let dumped = try await Program(path: "/usr/bin/env").run(
      ["python3", "-c", Self.certdb, "D-1", "D-2"], in: old.path)
    #expect(dumped.exit == 0, "\(dumped.transcript)")
    try await RunningServer.with(old.options) { server in
      let told: CertificateImportResult = try await server.json(["certificate", "import", old.path + "/dump/certs.csv"])
      #expect(told.added == 2 && told.devices == 2 && told.revoked == 1 && told.refused.isEmpty, "\(told)")
      let again: CertificateImportResult = try await server.json([
        "certificate", "import", old.path + "/dump/certs.csv",
      ])
      #expect(again.added == 0 && again.unchanged == 2 && again.revoked == 0, "\(again)")
      let ca = old.path + "/ca.pem"
      for (device, words) in [("D-1", "D-1.pem: good"), ("D-2", "Reason: keyCompromise")] {
        let status = try await server.openssl([
          "ocsp", "-issuer", ca, "-cert", "\(old.path)/\(device).pem", "-url", server.http + "/ocsp", "-CAfile", ca,
          "-no_nonce",
        ])
        #expect(status.output.contains(words), "\(status.transcript)")
        if device == "D-2" { #expect(status.output.contains("Nov 20 09:30:00 2026"), "\(status.transcript)") }
      }
      let renewed = try await Program(path: "/usr/bin/curl").run([
        "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", ca, "--cert", old.path + "/D-1.pem", "--key",
        old.path + "/D-1.key", "-H", "Content-Type: application/pkcs10", "--data-binary", "@\(old.path)/D-1.b64",
        server.https + "/.well-known/est/simplereenroll",
      ])
      #expect(renewed.output == "200", "\(renewed.transcript)")
    }
  }

  @Test func timesAreReadAsDatabasesPrintThem() throws {
    func line(_ time: String) throws -> String? {
      try CertificateTable("status,reason,revoked_at,pem\r\nrevoked,4,\(time),\"a\nb\"\r\n").line(0).revokedAt
    }
    for time in [
      "2026-11-20 09:30:00+00:00", "2026-11-20T09:30:00Z", "2026-11-20 09:30:00", "2026-11-20 09:30:00.123+00",
      "2026-11-20 09:30:00 +0000 UTC",
    ] { #expect(try line(time) == "2026-11-20T09:30:00Z", "\(time)") }
    // What is revoked and does not say since when is never taken for good.
    for time in ["", "yesterday", "2026-11-20 09:30:00+02:00"] {
      #expect(throws: CommandFailure.self) { try line(time) }
    }
    #expect(throws: CommandFailure.self) { try CertificateTable("status,pem\r\ngood\r\n") }
    #expect(CertificateTable.isOne("\"serial_number\",\"status\",\"pem\"\n"))
    #expect(!CertificateTable.isOne("V\t290223115642Z\t\t0A\tunknown\t/CN=status,pem\n"))
  }
}

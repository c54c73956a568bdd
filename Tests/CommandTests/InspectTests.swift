import TestKit
import Testing
import WireFormats

@Suite struct InspectTests {
  @Test func aCertificateInAFileIsDescribed() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try ForeignIdentity.write(to: folder)
    let outcome = try await Program.touchmark.run(["certificate", "inspect", folder.path + "/admin.pem"])
    #expect(outcome.exit == 0)
    #expect(
      outcome.output.hasPrefix(
        """
        certificate
          subject        CN=nobody
          issuer         CN=nobody
          serial number  01
          valid          2023-11-14 22:13 to 2049-03-22 04:26, expires in
        """))
    #expect(outcome.output.contains("  key            P-256\n  signature      ECDSA with SHA-256\n"))
  }

  @Test func aMissingFileIsNotFound() async throws {
    let outcome = try await Program.touchmark.run(["certificate", "inspect", "/nonexistent.pem"])
    #expect(
      outcome.transcript == """
        touchmark: there is no file /nonexistent.pem, and it is not a HOST:PORT
        hint: for example: inspect broker:8883
        [5]

        """)
  }

  @Test func textThatIsNoCertificateIsRefused() async throws {
    let outcome = try await Program.touchmark.run(["certificate", "inspect", "-"], input: "hello\n")
    #expect(
      outcome.transcript == """
        touchmark: nothing in it is a certificate or a request
        hint: PEM or DER is read
        [1]

        """)
  }

  @Test func aDamagedRequestIsRefusedInWords() async throws {
    let outcome = try await Program.touchmark.run(
      ["certificate", "inspect", "-"],
      input: "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n")
    #expect(outcome.errors == "touchmark: the request cannot be read: it is not DER of PKCS #10\n")
    #expect(outcome.exit == 1)
  }

  /// Algorithms that nothing here can use are named all the same.
  @Test(arguments: [
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"), ("1.3.101.113", "Ed448"), ("1.2.3.4", "1.2.3.4"),
  ]) func foreignAlgorithmsAreNamed(_ pair: (String, String)) async throws {
    let algorithm = try #require(ObjectIdentifier(dotted: pair.0))
    let pem = PEM(label: "CERTIFICATE", bytes: ForeignIdentity.certificate(ofAlgorithm: algorithm)).text
    let outcome = try await Program.touchmark.run(["certificate", "inspect", "-"], input: pem)
    #expect(outcome.output.contains("  key            \(pair.1)\n  signature      \(pair.1)\n"))
    #expect(outcome.exit == 0)
  }
}

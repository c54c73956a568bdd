import Credentials
import Foundation
import TestKit
import Testing
import WireFormats

/// What is issued here, as pkilint (https://github.com/digicert/pkilint) reads RFC 5280. Runs where its command is on
/// the path: `pip install pkilint`.
@Suite(.enabled(if: Pkilint.command != nil)) struct PkilintAgreementTests {
  /// Certificates of every kind that profiles make, each under a name that a failure shows.
  private static func certificates() throws -> [(name: String, certificate: Certificate)] {
    let forever = LintLimits(neverExpires: true)
    let root = try TestAuthority("Acme root", limits: forever, notAfter: .noExpiry)
    let authority = try TestAuthority("Acme devices", under: root, pathLength: 0, limits: forever, notAfter: .noExpiry)
    var all = [("root", root.certificate), ("authority", authority.certificate)]
    func add(
      _ name: String, _ fields: CertificateFields, _ extensions: [CertificateExtension],
      limits: LintLimits = LintLimits()
    ) throws {
      let linted = try authority.template(extensions, limits: limits).prepare(fields)
      all.append((name, try Certificate(parsing: authority.key.sign(linted))))
    }
    let names: [GeneralName] = [
      .dnsName("pump-7.acme.example"), .ipAddress([10, 0, 0, 7]), .uri("https://pump-7.acme.example/"),
      .email("ops@acme.example"), .directoryName(TestAuthority.subject()),
      .otherName(GeneralName.hardwareModuleName, Array(hardwareModule)),
    ]
    let device = TestAuthority.deviceExtensions
    for algorithm in [KeyAlgorithm.p256, .p384, .ed25519, .rsa2048] {
      let key = try TestKey(algorithm).publicKey
      try add("operational \(algorithm)", TestAuthority.fields(names: names, key: key), device)
    }
    try add("idevid", TestAuthority.fields(notAfter: .noExpiry), device, limits: forever)
    try add("without a subject", TestAuthority.fields(subject: .empty, names: [.dnsName("a.acme.example")]), device)
    try add("past 2049", TestAuthority.fields(notAfter: TestAuthority.now + .days(365 * 30)), device)
    try add(
      "server",
      TestAuthority.fields(names: [.dnsName("touchmark.acme.example"), .ipAddress([127, 0, 0, 1])]),
      [
        .basicConstraints(isAuthority: false), .keyUsage(.digitalSignature),
        .extendedKeyUsage([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.cmcRA]),
      ])
    try add(
      "responder", TestAuthority.fields(),
      [.keyUsage(.digitalSignature), .extendedKeyUsage([ExtendedKeyUsage.ocspSigning]), .ocspNoCheck])
    try add("short-lived", TestAuthority.fields(), [.keyUsage(.digitalSignature), .noRevAvail])
    return all
  }

  /// HardwareModuleName of RFC 4108 §5: a type and the serial's octets.
  private static let hardwareModule = DERWriter.build {
    $0.sequence {
      $0.objectIdentifier(ObjectIdentifier([1, 3, 6, 1, 4, 1, 32473, 1]))
      $0.octetString([1, 2, 3])
    }
  }

  @Test func noErrors() throws {
    for (name, certificate) in try Self.certificates() {
      let findings = try Pkilint.findings(certificate)
      #expect(findings.isEmpty, "\(name): \(findings)")
    }
  }
}

private enum Pkilint {
  /// `lint_pkix_cert`, wherever the path has it.
  static let command: String? = {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").map { "\($0)/lint_pkix_cert" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// What it finds at the severity ERROR and over, as its own text.
  static func findings(_ certificate: Certificate) throws -> String {
    let bench = try Workbench()
    try bench.writePEM("CERTIFICATE", certificate.encoded, to: "certificate.pem")
    let outcome = try bench.run([command ?? "/nonexistent", "lint", "-s", "ERROR", "certificate.pem"])
    return outcome.status == 0
      ? outcome.text.trimmingCharacters(in: .whitespacesAndNewlines) : "failed: \(outcome.text)"
  }
}

import Foundation

/// Somebody else's root and an authority under it, all openssl's, which certify what they are asked.
public struct ForeignPKI: Sendable {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  public let folder: TemporaryFolder

  /// - Parameter name: stands in the names of both, `NAME Root` and `NAME Middle`.
  public init(_ name: String = "Foreign") async throws {
    folder = try TemporaryFolder()
    try folder.write("ca.cnf", Self.configuration)
    try await openssl(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out", "root.key"])
    try await openssl([
      "req", "-x509", "-new", "-key", "root.key", "-subj", "/O=\(name)/CN=\(name) Root", "-days", "5000", "-config",
      "ca.cnf", "-extensions", "upper", "-out", "root.pem",
    ])
    try await openssl(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "middle.key"])
    try await openssl([
      "req", "-new", "-key", "middle.key", "-subj", "/O=\(name)/CN=\(name) Middle", "-config", "ca.cnf", "-out",
      "middle.csr",
    ])
    try folder.write(
      "middle.pem", try await certify(try text("middle.csr"), section: "upper", days: 4000))
  }

  /// What stands in `--chain`: without or with the authority between.
  public func chain(isTwoLevel: Bool) throws -> String {
    try (isTwoLevel ? text("middle.pem") : "") + text("root.pem")
  }

  /// A certificate for a request, PEM both.
  ///
  /// - Parameters:
  ///   - issuer: `root` or `middle`, or another pair of files.
  ///   - section: of the configuration below.
  public func certify(
    _ request: String, by issuer: String = "root", section: String = "authority", days: Int = 3000,
    options: [String] = []
  ) async throws -> String {
    try folder.write("asked.csr", request)
    return try await openssl(
      [
        "x509", "-req", "-in", "asked.csr", "-CA", issuer + ".pem", "-CAkey", issuer + ".key", "-CAcreateserial",
        "-days",
        "\(days)", "-extfile", "ca.cnf", "-extensions", section,
      ] + options)
  }

  @discardableResult
  public func openssl(_ arguments: [String]) async throws -> String {
    let outcome = try await Program(path: "/usr/bin/openssl").run(arguments, in: folder.path)
    guard outcome.exit == 0 else { throw Failure(description: "\(arguments): \(outcome.transcript)") }
    return outcome.output
  }

  public func text(_ file: String) throws -> String {
    guard let text = folder.text(file) else { throw Failure(description: "no file \(file)") }
    return text
  }

  private static let configuration = """
    [req]
    distinguished_name = n
    [n]
    [upper]
    basicConstraints = critical,CA:TRUE
    keyUsage = critical,keyCertSign,cRLSign
    subjectKeyIdentifier = hash
    authorityKeyIdentifier = keyid
    [tight]
    basicConstraints = critical,CA:TRUE,pathlen:0
    keyUsage = critical,keyCertSign,cRLSign
    subjectKeyIdentifier = hash
    authorityKeyIdentifier = keyid
    [authority]
    basicConstraints = critical,CA:TRUE,pathlen:0
    keyUsage = critical,keyCertSign,cRLSign
    subjectKeyIdentifier = hash
    authorityKeyIdentifier = keyid
    crlDistributionPoints = URI:http://pki.foreign.example/root.crl
    [leaf]
    basicConstraints = critical,CA:FALSE
    keyUsage = critical,keyCertSign,cRLSign
    subjectKeyIdentifier = hash
    [nolist]
    basicConstraints = critical,CA:TRUE
    keyUsage = critical,keyCertSign
    subjectKeyIdentifier = hash
    [nousage]
    basicConstraints = critical,CA:TRUE
    subjectKeyIdentifier = hash
    [nokeyid]
    basicConstraints = critical,CA:TRUE
    keyUsage = critical,keyCertSign,cRLSign
    subjectKeyIdentifier = none
    [purposes]
    basicConstraints = critical,CA:TRUE
    keyUsage = critical,keyCertSign,cRLSign
    subjectKeyIdentifier = hash
    extendedKeyUsage = clientAuth
    [names]
    basicConstraints = critical,CA:TRUE
    keyUsage = critical,keyCertSign,cRLSign
    subjectKeyIdentifier = hash
    nameConstraints = critical,permitted;DNS:example.com
    [unknown]
    basicConstraints = critical,CA:TRUE
    keyUsage = critical,keyCertSign,cRLSign
    subjectKeyIdentifier = hash
    1.3.6.1.4.1.55555.9 = critical,ASN1:NULL
    """
}

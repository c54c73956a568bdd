import Foundation

/// Certificates and keys made by the openssl command, once a test run.
struct TestCertificates: Sendable {
  let directory: String

  static let shared = Task { try await TestCertificates() }

  private init() async throws {
    directory = FileManager.default.temporaryDirectory.appendingPathComponent("web-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try await selfSigned("root")
    try await signed("server", names: "subjectAltName=DNS:localhost,IP:127.0.0.1")
    try await signed("other-server", names: "subjectAltName=DNS:localhost,IP:127.0.0.1")
    try await signed("device", names: "extendedKeyUsage=clientAuth")
    try await expired("expired")
    try await selfSigned("stranger")
    try await ed25519("edwards")
  }

  func path(_ name: String) -> String { directory + "/" + name }

  func der(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: path("\(name).der"))))
  }

  func key(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: path("\(name).key.der"))))
  }

  private func openssl(_ arguments: String...) async throws {
    let finished = try await run("openssl", arguments, in: directory)
    guard finished.status == 0 else { throw OpenSSLFailed(arguments: arguments, errors: finished.errors) }
  }

  private func selfSigned(_ name: String) async throws {
    try await openssl(
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "\(name).key",
      "-out", "\(name).pem", "-days", "30", "-subj", "/CN=\(name)")
    try await binary(name)
  }

  private func signed(_ name: String, names: String) async throws {
    try await openssl(
      "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "\(name).key", "-out",
      "\(name).csr", "-subj", "/CN=\(name)")
    try names.write(toFile: path("\(name).ext"), atomically: true, encoding: .utf8)
    try await openssl(
      "x509", "-req", "-in", "\(name).csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-out",
      "\(name).pem", "-days", "10", "-extfile", "\(name).ext")
    try await binary(name)
  }

  /// The `x509` command of this age cannot state a date in the past; `ca` can.
  private func expired(_ name: String) async throws {
    try await openssl(
      "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "\(name).key", "-out",
      "\(name).csr", "-subj", "/CN=\(name)")
    let configuration = """
      [ca]
      default_ca = here
      [here]
      database = index.txt
      serial = serial
      new_certs_dir = .
      default_md = sha256
      policy = any
      [any]
      commonName = supplied
      """
    try configuration.write(toFile: path("ca.cnf"), atomically: true, encoding: .utf8)
    try "".write(toFile: path("index.txt"), atomically: true, encoding: .utf8)
    try "0A".write(toFile: path("serial"), atomically: true, encoding: .utf8)
    try await openssl(
      "ca", "-config", "ca.cnf", "-batch", "-notext", "-selfsign", "-in", "\(name).csr", "-keyfile", "\(name).key",
      "-out", "\(name).pem", "-startdate", "20200101000000Z", "-enddate", "20200201000000Z")
    try await binary(name)
  }

  private func ed25519(_ name: String) async throws {
    try await openssl(
      "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", "\(name).key", "-out", "\(name).pem", "-days", "10",
      "-subj", "/CN=\(name)")
    try await binary(name)
  }

  private func binary(_ name: String) async throws {
    try await openssl("x509", "-in", "\(name).pem", "-outform", "DER", "-out", "\(name).der")
    try await openssl(
      "pkcs8", "-topk8", "-nocrypt", "-in", "\(name).key", "-outform", "DER", "-out", "\(name).key.der")
  }
}

struct OpenSSLFailed: Error {
  let arguments: [String]
  let errors: String
}

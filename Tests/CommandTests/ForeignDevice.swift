import AdministrationAPI
import Crypto
import Foundation
import TestKit
import Testing
import WireFormats

/// A device that has openssl and curl, and nothing of ours. Its files lie in the server's temporary folder.
struct ForeignDevice: Sendable {
  /// What `device add -o json` prints, as far as it is read here.
  struct Invited: Decodable {
    let secret: String
    let rootSHA256: String

    enum CodingKeys: String, CodingKey {
      case secret
      case rootSHA256 = "root_sha256"
    }
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  let serial: String
  let server: RunningServer
  /// The certificate that it holds now, and its first one, as file names.
  var certificate: String { "\(serial).pem" }
  var first: String { "\(serial)-first.pem" }

  init(_ serial: String, at server: RunningServer) throws {
    self.serial = serial
    self.server = server
  }

  /// Registered, and enrolled with its secret.
  static func enrolled(_ serial: String, at server: RunningServer) async throws -> ForeignDevice {
    let secret: Invited = try await server.json(["device", "add", serial, "--profile", "operational"])
    let device = try ForeignDevice(serial, at: server)
    try await device.enroll(name: serial, secret: secret.secret)
    return device
  }

  func enroll(name: String, secret: String, root: String = "data/root.pem") async throws {
    try await request()
    try await take(
      try await curl(root, "simpleenroll", ["-u", "\(name):\(secret)"]), as: [first, certificate])
  }

  /// By its own certificate, with a new key.
  func renew(root: String = "data/root.pem") async throws {
    let identity = ["--cert", certificate, "--key", "\(serial).key"]
    let old = server.folder.path + "/\(serial)"
    try FileManager.default.moveItem(atPath: old + ".key", toPath: old + "-old.key")
    try await request()
    let answer = try await curl(root, "simplereenroll", [identity[0], identity[1], "--key", "\(serial)-old.key"])
    try FileManager.default.removeItem(atPath: old + "-old.key")
    try await take(answer, as: [certificate])
  }

  /// PEM.
  func cacerts(root: String) async throws -> String {
    let body = try await run("/usr/bin/curl", ["-sf", "--cacert", root, url("cacerts")])
    return try await certificates(body)
  }

  private func request() async throws {
    _ = try await run(
      "/usr/bin/openssl",
      [
        "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "\(serial).key",
        "-subj", "/CN=\(serial)", "-outform", "DER", "-out", "\(serial).csr",
      ])
    let der = try Data(contentsOf: URL(fileURLWithPath: server.folder.path + "/\(serial).csr"))
    try server.folder.write("\(serial).b64", der.base64EncodedString())
  }

  private func curl(_ root: String, _ operation: String, _ identity: [String]) async throws -> String {
    try await run(
      "/usr/bin/curl",
      [
        "-sS", "--fail-with-body", "--cacert", root, "-H", "Content-Type: application/pkcs10", "--data-binary",
        "@\(serial).b64", url(operation),
      ] + identity)
  }

  private func url(_ operation: String) -> String { "\(server.https)/.well-known/est/\(operation)" }

  private func take(_ body: String, as files: [String]) async throws {
    let pem = try await certificates(body)
    for file in files {
      try? FileManager.default.removeItem(atPath: server.folder.path + "/" + file)
      try server.folder.write(file, pem)
    }
  }

  private func certificates(_ body: String) async throws -> String {
    let cms = try await Program(path: "/usr/bin/openssl").run(
      ["pkcs7", "-print_certs"], input: "-----BEGIN PKCS7-----\n\(Self.wrapped(body))\n-----END PKCS7-----\n",
      in: server.folder.path)
    guard cms.exit == 0 else { throw Failure(description: cms.transcript + body) }
    return cms.output
  }

  private static func wrapped(_ text: String) -> String {
    var rest = text.filter { !$0.isWhitespace }[...]
    var lines: [Substring] = []
    while !rest.isEmpty {
      lines.append(rest.prefix(64))
      rest = rest.dropFirst(64)
    }
    return lines.joined(separator: "\n")
  }

  private func run(_ program: String, _ arguments: [String]) async throws -> String {
    let outcome = try await Program(path: program).run(arguments, in: server.folder.path)
    guard outcome.exit == 0 else { throw Failure(description: "\(arguments): \(outcome.transcript)") }
    return outcome.output
  }
}

extension RunningServer {
  nonisolated func openssl(_ arguments: [String]) async throws -> Program.Outcome {
    try await Program(path: "/usr/bin/openssl").run(arguments, in: folder.path)
  }
}

func sha256(_ octets: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: octets)) }

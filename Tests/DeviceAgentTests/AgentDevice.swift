import AdministrationAPI
import Foundation
import TestKit
import Testing
import WireFormats

/// A device of a running server, with the agent's program and a folder of its own.
struct AgentDevice {
  struct Status: Decodable {
    struct Key: Decodable {
      let home: String
      let standing: String
      let fault: String?
    }
    let state: String
    let key: Key?
    let serialNumber: String?

    enum CodingKeys: String, CodingKey {
      case state, key
      case serialNumber = "serial_number"
    }
  }

  private struct Invited: Decodable {
    let secret: String
    let url: String
    let rootSHA256: String

    enum CodingKeys: String, CodingKey {
      case secret, url
      case rootSHA256 = "root_sha256"
    }
  }

  static let program = Program(
    path: URL(fileURLWithPath: Program.touchmark.path).deletingLastPathComponent().path + "/touchmark-agent")

  let server: RunningServer
  let serial: String
  let url: String
  let environment: [String: String]

  init(
    _ serial: String, profile: String = "operational", environment: [String: String] = [:], at server: RunningServer
  ) async throws {
    let invited: Invited = try await server.json(["device", "add", serial, "--profile", profile])
    (self.server, self.serial, self.environment) = (server, serial, environment)
    let host = invited.url.dropFirst("https://".count)
    url = "https://\(serial)@\(host)#sha256:\(invited.rootSHA256)"
    try server.folder.write("secret-\(serial)", invited.secret + "\n")
  }

  var data: String { server.folder.path + "/" + serial }

  /// Runs the program, and expects its exit code.
  @discardableResult
  func callAsFunction(_ arguments: String..., exit: Int32 = 0) async throws -> Program.Outcome {
    let outcome = try await Self.program.run(
      arguments + ["--data", data], environment: environment, in: server.folder.path)
    #expect(outcome.exit == exit, "\(arguments): \(outcome.transcript)")
    return outcome
  }

  @discardableResult
  func enroll(_ options: String..., exit: Int32 = 0) async throws -> Program.Outcome {
    let outcome = try await Self.program.run(
      ["enroll", url, "--secret-file", "secret-\(serial)", "--data", data] + options, environment: environment,
      in: server.folder.path)
    #expect(outcome.exit == exit, "\(outcome.transcript)")
    return outcome
  }

  /// An operator's new secret for a device that is known.
  func invite() async throws {
    struct Secret: Decodable { let secret: String }
    let invited: Secret = try await server.json(["device", "invite", serial])
    try server.folder.write("secret-\(serial)", invited.secret + "\n")
  }

  func status(exit: Int32 = 0) async throws -> Status {
    let outcome = try await callAsFunction("status", "-o", "json", exit: exit)
    return try JSONDecoder().decode(Status.self, from: Data(outcome.output.utf8))
  }

  func text(_ name: String) -> String { server.folder.text("\(serial)/\(name)") ?? "" }

  /// What the server says of the keys of this device's certificates, in the order in which they were issued.
  func origins() async throws -> [String] {
    let items: [CertificateItem] = try await server.json(["certificate", "list", "--device", serial])
    return items.sorted { $0.serialNumber < $1.serialNumber }.map(\.keyOrigin)
  }
}

import ArgumentParser
import Foundation
import WireFormats

struct DeviceEnroll: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enroll",
    abstract: "Gets certificates for devices without a network, from a station that carries them.",
    discussion: """
      Takes requests (PKCS #10) that devices made, and writes OUT/NAME.pem with each certificate and its issuers. With a \
      folder every .csr, .p10, .req, .pem and .der in it is a unit; its serial is what the request's subject says, or else \
      the file's name. Standard output has a CSV line a unit.

      Running it again goes on: what is in OUT stays, and a key that has its certificate gets the same one, counted once. \
      The grant's secret comes from --secret-file, or from TOUCHMARK_GRANT_SECRET, and never from the command line.
      """)

  @Argument(help: "The device's serial, for a single request.")
  var serial: String?

  @Option(help: ArgumentHelp("A request, or a folder of them.", valueName: "file|dir"))
  var csr: String

  @Option(help: ArgumentHelp("The grant that lets them in.", valueName: "name"))
  var grant: String

  @Option(help: ArgumentHelp("A file with the grant's secret.", valueName: "file"))
  var secretFile: String?

  @Option(help: ArgumentHelp("The folder for the certificates; made when missing.", valueName: "dir"))
  var out: String

  @Option(help: ArgumentHelp("How many requests are under way at once.", valueName: "count"))
  var jobs = 8

  @OptionGroup var connection: ConnectionOptions

  func validate() throws {
    if let serial { try Check.serial(serial) }
    guard (1...64).contains(jobs) else { throw ValidationError("--jobs is a count from 1 to 64, and not \(jobs)") }
  }

  func run() async throws {
    let units = try UnitFolder(csr, serial: serial, out: out).units
    let secret = try grantSecret()
    try await connection.connected { server in
      let line = EnrollmentStation(server: server, grant: grant, secret: secret)
      let outcome = try await line.enroll(units, jobs: jobs)
      StandardError.say(
        "\(outcome.issued) issued, \(outcome.repeated) repeated, \(outcome.kept) kept, \(outcome.refused) refused")
      if outcome.refused > 0 { throw ExitCode(CommandExit.refused.rawValue) }
    }
  }

  private func grantSecret() throws(CommandFailure) -> String {
    if let secretFile { return try Self.trimmed(try InputFile.text(secretFile, limit: 4096)) }
    if let secret = ProcessInfo.processInfo.environment["TOUCHMARK_GRANT_SECRET"] { return try Self.trimmed(secret) }
    throw CommandFailure(
      .usage, "the grant's secret is missing", hint: "--secret-file FILE, or TOUCHMARK_GRANT_SECRET in the environment")
  }

  private static func trimmed(_ text: String) throws(CommandFailure) -> String {
    let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !secret.isEmpty else { throw CommandFailure(.usage, "the grant's secret is empty") }
    return secret
  }
}

import AdministrationAPI
import ArgumentParser
import Credentials
import Crypto
import Foundation
import WireFormats

struct ReportReach: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reach", abstract: "Says which devices a compromise touches.",
    discussion: """
      A certificate can be one of the authorities', a manufacturer's, or any with a key that devices may have. The \
      selection that is printed names the same devices to device list --where and to every act.
      """)

  @Option(help: ArgumentHelp("An authority; a root reaches all under it.", valueName: "id"))
  var authority: String?

  @Option(help: ArgumentHelp("A certificate, PEM or DER.", valueName: "file"))
  var certificate: String?

  @Option(help: ArgumentHelp("What the label firmware says.", valueName: "text"))
  var firmware: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    guard [authority, certificate, firmware].compactMap({ $0 }).count == 1 else {
      throw ValidationError("one of --authority, --certificate and --firmware says what is compromised")
    }
  }

  func run() async throws {
    let query = try query()
    try await connection.connected { server in
      let reach: Reach = try await server.get("/reports/reach", query: query)
      try output.write(reach, text: ReachText.render(reach))
      for limit in reach.limits { StandardError.say(limit) }
    }
  }

  private func query() throws -> [(String, String)] {
    if let authority { return [("authority", authority)] }
    if let firmware { return [("firmware", firmware)] }
    let name = certificate ?? ""
    let bytes = try InputFile.bytes(name)
    let encoded = bytes.first == 0x30 ? bytes : PEM.parse(String(decoding: bytes, as: UTF8.self))?.first?.bytes ?? []
    guard let parsed = try? Certificate(parsing: encoded) else {
      throw CommandFailure(.refused, "\(name) is no certificate", hint: "PEM or DER is read")
    }
    let fingerprint = [("certificate_sha256", Hex.encode(Array(SHA256.hash(data: encoded))))]
    return fingerprint + (parsed.publicKey.map { [("key_sha256", Hex.encode($0.keyHash))] } ?? [])
  }
}

/// A report of reach for reading.
package enum ReachText {
  package static func render(_ reach: Reach) -> String {
    let counts = [("by state", reach.byState), ("by product", reach.byProduct), ("by profile", reach.byProfile)]
    return Printable.text("\(reach.of) reaches \(reach.devices) device\(reach.devices == 1 ? "" : "s")") + "\n"
      + Table.facts([("where", reach.where)]) + counts.map { section($0.0, $0.1) }.joined()
  }

  private static func section(_ title: String, _ counts: [String: Int]) -> String {
    guard !counts.isEmpty else { return "" }
    let most = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return "\n\(title)\n"
      + Table.facts(most.map { ($0.key.isEmpty ? "(none)" : Printable.text($0.key), "\($0.value)") })
  }
}

import ArgumentParser
import Credentials
import Foundation
import WireFormats

struct CertificateInspect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Describes certificates and requests in a file, or those a TLS server shows.",
    discussion: "It needs no Touchmark server, verifies nothing, and reads foreign algorithms too.")

  @Argument(help: ArgumentHelp("PEM or DER, - for standard input, or a TLS server.", valueName: "file|host:port"))
  var target: String

  @OptionGroup var output: ResultOptions

  func run() async throws {
    let blocks = try await Self.read(target)
    let findings = try blocks.map { try Inspection($0) }
    let now = Instant.now
    let text = findings.map { $0.text(now: now) }.joined(separator: "\n")
    switch output.format {
    case .table: StandardOutput.write(text)
    case .json: StandardOutput.write(try JSONText.pretty(findings.map { $0.summary }))
    }
  }

  private static func read(_ target: String) async throws -> [PEM] {
    if target == "-" || FileManager.default.fileExists(atPath: target) { return try blocks(InputFile.bytes(target)) }
    guard let peer = PeerAddress(target) else {
      throw CommandFailure(
        .notFound, "there is no file \(target), and it is not a HOST:PORT", hint: "for example: inspect broker:8883")
    }
    return try await PeerChain.fetch(peer).map { PEM(label: "CERTIFICATE", bytes: $0) }
  }

  private static func blocks(_ bytes: [UInt8]) throws(CommandFailure) -> [PEM] {
    if bytes.first == 0x30 {
      // Without a label its own shape tells: a request's first field is the version, a certificate's is tagged or long.
      return [
        PEM(
          label: (try? CertificationRequest(parsing: bytes)) == nil ? "CERTIFICATE" : "CERTIFICATE REQUEST",
          bytes: bytes)
      ]
    }
    let known = ["CERTIFICATE", "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST", "X509 CERTIFICATE"]
    let blocks = (PEM.parse(String(decoding: bytes, as: UTF8.self)) ?? []).filter { known.contains($0.label) }
    guard !blocks.isEmpty else {
      throw CommandFailure(.refused, "nothing in it is a certificate or a request", hint: "PEM or DER is read")
    }
    return blocks
  }
}

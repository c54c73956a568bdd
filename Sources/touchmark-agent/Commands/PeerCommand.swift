import ArgumentParser
import Credentials
import DeviceAgent
import DeviceClient
import WireFormats

struct PeerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peer", abstract: "Whom the device speaks to.", subcommands: [PeerVerify.self])
}

struct PeerVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check another device's certificate, with nobody online.",
    discussion: """
      The path to a root that is held, what the certificate is for, and what the stored revocation lists say of it. Ends
      with 0 for a peer that may be spoken to, and with 1 for any other. That the peer holds its key is TLS's to prove.
      """)

  @Argument(help: ArgumentHelp("The peer's certificate with its chain, PEM or DER.", valueName: "file"))
  var peer: String

  @Option(help: "What the peer has to be: client, server, or any.")
  var purpose: Purpose = .client

  @Option(
    help: ArgumentHelp("A policy that its profile puts into certificates, by its object identifier.", valueName: "oid"))
  var policy: [String] = []

  @Option(help: ArgumentHelp("A name that it has to bear: serial, DNS name, address.", valueName: "name"))
  var name: [String] = []

  @Option(
    help: ArgumentHelp(
      "The oldest evidence of its standing that is taken: 24h, 7d; without, any age.", valueName: "span"))
  var maxAge: String?

  @Option(help: ArgumentHelp("An OCSP response that it showed, DER.", valueName: "file"))
  var ocsp: [String] = []

  @Option(name: [.customShort("o"), .customLong("output")], help: "How to write the result.")
  var format: ResultFormat = .table
  @OptionGroup var options: FolderOptions

  enum Purpose: String, ExpressibleByArgument, CaseIterable {
    case client, server, any

    var identifier: ObjectIdentifier? {
      switch self {
      case .client: ExtendedKeyUsage.clientAuth
      case .server: ExtendedKeyUsage.serverAuth
      case .any: nil
      }
    }
  }

  func validate() throws {
    if let maxAge, Span(maxAge) == nil { throw ValidationError("--max-age is a number and a unit: 24h, 7d") }
    for policy in policy where ObjectIdentifier(dotted: policy) == nil {
      throw ValidationError("--policy is an object identifier, and not '\(policy)'")
    }
  }

  func run() throws {
    let folder = options.folder
    let (_, memory) = try folder.load()
    let evidence = RevocationEvidence(
      lists: try RevocationLists.held(in: folder), responses: try ocsp.map { try Self.response($0) })
    let requirements = PeerRequirements(
      purpose: purpose.identifier, policies: Set(policy.compactMap { ObjectIdentifier(dotted: $0) }),
      oldestEvidence: maxAge.flatMap { Span($0) }, names: Set(name))
    let found: Peer
    do throws(PeerRefusal) {
      found = try memory.verify(
        peer: try chain(), issuers: memory.identity?.chain ?? [], for: requirements, evidence: evidence,
        at: Agent.clock)
    } catch {
      throw AgentFailure(.failed, "\(peer): \(error)", hint: Self.cure(error))
    }
    Said.result(format == .json ? Self.json(found) : Self.text(found))
  }

  private func chain() throws(PeerRefusal) -> [Certificate] {
    do { return try CertificateFile.read(peer) } catch { throw .noCertificate }
  }

  private static func response(_ path: String) throws -> OCSPResponse {
    guard let response = try? OCSPResponse(parsing: try AnyFile.read(path)) else {
      throw AgentFailure(.failed, "\(path) holds no OCSP response")
    }
    return response
  }

  private static func cure(_ refusal: PeerRefusal) -> String? {
    switch refusal {
    case .noEvidence, .evidenceTooOld: "while there is a network: touchmark-agent crl --out FILE --once"
    default: nil
    }
  }

  private static func text(_ peer: Peer) -> String {
    let standing = peer.standing.map { standing in
      "good as of \(standing.asOf) (\(standing.source.rawValue)\(standing.age.map { ", \($0.seconds) s old" } ?? ""))"
    }
    return "\(peer.name ?? "a peer without a name")\n  certificate   \(peer.certificate.serial)\n"
      + "  names         \(peer.certificate.subjectAlternativeNames.map(\.description).joined(separator: " "))\n"
      + "  valid until   \(peer.certificate.notAfter)\n  standing      \(standing ?? "nothing is known of it")\n"
  }

  private static func json(_ peer: Peer) -> String {
    var members: [JSONValue.Member] = [
      .init("name", peer.name.map { .string($0) } ?? .null),
      .init("serial_number", .string(peer.certificate.serial.description)),
      .init("names", .array(peer.certificate.subjectAlternativeNames.map { .string($0.description) })),
      .init("not_after", .string(peer.certificate.notAfter.description)),
      .init("root_sha256", .string(peer.path.anchor.map { Hex.encode($0.fingerprint) } ?? "")),
    ]
    if let standing = peer.standing {
      members.append(.init("standing", .string(standing.source.rawValue)))
      members.append(.init("as_of", .string(standing.asOf.description)))
      if let age = standing.age { members.append(.init("age_seconds", .integer(age.seconds))) }
    }
    return JSONValue.object(members).written()
  }
}

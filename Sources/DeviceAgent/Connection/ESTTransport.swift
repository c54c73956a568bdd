import Credentials
import DeviceClient
import WireFormats

/// Carries the state machine's messages to the server, on as few connections as it can: a renewal is one handshake.
public final class ESTTransport {
  /// What an EST server answers is certificates.
  static let longestAnswer = 1 << 20

  let server: ServerAddress
  private let loops: EventLoops
  private var connection: (carrier: Connection, shows: [UInt8]?, roots: [Certificate])?
  /// The last line of text that came with a refusal, for a person.
  public internal(set) var lastWords: String?

  public init(server: ServerAddress, loops: EventLoops) { (self.server, self.loops) = (server, loops) }

  /// - Parameter clock: The device's own, by which the server's certificate is judged.
  public func exchange(
    _ message: ESTMessage, of memory: DeviceMemory, at clock: Instant
  ) throws(AgentFailure) -> ESTReply {
    // Without a secret the certificate is what comes next: shown at once, it saves a second handshake.
    let identity = message.showsCertificate || memory.secret == nil ? memory.identity : nil
    let carrier = try carrier(showing: identity, memory, at: clock)
    KillPoint.pass("sending-\(message.operation.rawValue)")
    let response = try carrier.send(HTTPRequest(message, base: server.path), longestBody: Self.longestAnswer)
    KillPoint.pass("answered-\(message.operation.rawValue)")
    if response.status != 200 { lastWords = Self.line(response.body) }
    return Self.reply(response)
  }

  public func close() {
    connection?.carrier.close()
    connection = nil
  }

  /// Asks for the authorities' certificates over a connection on which nobody is trusted (RFC 7030 §4.1.1), and takes the
  /// one root whose fingerprint was handed over with the address.
  public static func pinnedRoot(
    _ fingerprint: [UInt8], from server: ServerAddress, loops: EventLoops
  ) throws(AgentFailure) -> Certificate {
    let carrier = try Connection(to: server, security: .init(judge: { _ in true }, identity: nil), loops: loops)
    defer { carrier.close() }
    let response = try carrier.send(HTTPRequest(.authorities, base: server.path), longestBody: longestAnswer)
    guard response.status == 200, let der = Base64.decode(response.body), let bundle = try? CertificatesOnly.decode(der)
    else { throw AgentFailure(.noServer, "\(server.text) has no authorities to show (status \(response.status))") }
    let found = bundle.lazy.compactMap { try? Certificate(parsing: $0) }.first { $0.fingerprint == fingerprint }
    guard let found, found.isSelfIssued, found.isAuthority else {
      throw AgentFailure(
        .noServer, "\(server.text) does not have the root whose fingerprint was given",
        hint: "compare with `touchmark device add`: it is another server, or somebody is between")
    }
    return found
  }

  func carrier(
    showing identity: DeviceMemory.Identity?, _ memory: DeviceMemory, at clock: Instant
  ) throws(AgentFailure) -> Connection {
    let shown = identity?.certificate.encoded
    if let connection, connection.carrier.isUsable, connection.shows == shown, connection.roots == memory.roots {
      return connection.carrier
    }
    close()
    let name = server.generalName
    let judge = { @Sendable (chain: [Certificate]) in memory.trusts(server: chain, called: name, at: clock) }
    let carrier = try Connection(to: server, security: .init(judge: judge, identity: identity), loops: loops)
    connection = (carrier, shown, memory.roots)
    return carrier
  }

  static func reply(_ response: HTTPResponse) -> ESTReply {
    ESTReply(
      status: response.status, retryAfter: response.field("retry-after").flatMap { Int($0) },
      date: response.field("date").flatMap(HTTPDate.parse), body: response.body)
  }

  /// RFC 7030 §4.2.3: an error may come with a line of text. It is shown, never believed.
  static func line(_ body: [UInt8]) -> String? {
    let text = String(decoding: body.prefix(400), as: UTF8.self).split(whereSeparator: \.isNewline).first
    return text.map { LineOfText.printable(String($0)) }
  }
}

/// Somebody else's words on one line of a terminal.
enum LineOfText {
  static func printable(_ text: String) -> String {
    String(text.prefix(400).unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
  }
}

import Credentials
import DeviceClient
import KeyCustody
import TestKit
import Testing
import WireFormats

/// A device's client with an authority that answers as it is told, and the transcript of what happened.
struct ClientScene {
  let authority: SmallAuthority
  var client: DeviceClient
  var clock: Instant
  var random = SeededRandom(seed: 7)
  private(set) var transcript: [String] = []
  private(set) var lastMessage: ESTMessage?

  static let start = Instant(seconds: 1_800_000_000)

  let keys: any DeviceKeyHome

  init(
    secret: String? = "geheim", at clock: Instant = start, keys: any DeviceKeyHome = SoftwareKeyHome()
  ) throws {
    self.keys = keys
    authority = try SmallAuthority(at: Self.start)
    self.clock = clock
    client = DeviceClient(
      memory: DeviceMemory(
        serial: "SN-1", roots: [authority.certificate], secret: secret.map { .init(name: "SN-1", secret: $0) }),
      keys: keys)
  }

  /// Starts the device anew on what it keeps.
  mutating func restart(at clock: Instant? = nil) {
    if let clock { self.clock = clock }
    client = DeviceClient(memory: client.memory, keys: keys)
    tell(.wake, "start")
  }

  /// An operator's new secret.
  mutating func give(_ secret: String) {
    var memory = client.memory
    memory.secret = .init(name: memory.serial, secret: secret)
    client = DeviceClient(memory: memory, keys: keys)
  }

  mutating func tell(_ event: DeviceClient.Event, _ name: String) {
    let action = client.handle(event, at: clock, using: &random)
    if case .send(let message) = action { lastMessage = message }
    transcript.append("\(name) -> \(Self.words(action))")
  }

  mutating func answer(_ status: Int, _ certificates: [Certificate] = [], retryAfter: Int? = nil, date: Instant? = nil)
  {
    let body = status == 200 ? Base64.encodeBytes(CertificatesOnly.encode(certificates.map(\.encoded))) : []
    tell(.answered(ESTReply(status: status, retryAfter: retryAfter, date: date, body: body)), "\(status)")
  }

  /// The certificate that the request which was just sent asks for.
  func issued(lifetime: Span = .days(120), serial: String = "SN-1", at now: Instant? = nil) throws -> Certificate {
    let der = try #require(Base64.decode(lastMessage?.body ?? []))
    let request = try CertificationRequest(parsing: der)
    return try authority.issue(serial, key: request.publicKey, lifetime: lifetime, at: now ?? Self.start)
  }

  /// All of a first enrollment.
  mutating func enroll() throws {
    tell(.wake, "start")
    answer(200, [authority.certificate])
    tell(.kept, "kept")
    answer(200, [try issued()])
    tell(.kept, "kept")
  }

  private static func words(_ action: DeviceClient.Action) -> String {
    switch action {
    case .send(let message):
      let shown = message.showsCertificate ? "certificate" : message.authorization == nil ? "nothing" : "secret"
      return "send \(message.operation.rawValue) with \(shown)"
    case .keep: return "keep"
    case .rest(_, let why): return "rest \(why)"
    }
  }
}

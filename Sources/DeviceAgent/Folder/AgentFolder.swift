import Credentials
import DeviceClient
import WireFormats

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Everything that a device keeps, as files under one folder of mode 0700.
///
/// An identity (key, certificate, chain) is a folder that is written once and never changed; `current` is a symbolic link
/// to it. So key and certificate change together, in one rename, and whoever reads `current/` finds a pair that fits.
///
/// ```
/// renewing           which certificate is being renewed with its own key, until there is an answer
/// agent.json         server, serial, home of new keys     trust.pem      roots that are held
/// secret             until the first certificate is kept  pending.pem    the key of a request that has no answer yet
/// identities/N/      key.pem cert.pem chain.pem fullchain.pem renewal.json
/// current -> identities/N                                 previous -> identities/N-1
/// crl/               revocation lists, as evidence        attestation.pem, attested   what the server knows of the TPM
/// ```
public struct AgentFolder: Sendable {
  public let path: String
  private let homes = KeyHomes()

  public init(_ path: String) { self.path = path }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  public var currentFolder: String { file("current") }
  public var listFolder: String { file("crl") }
  public var trustFile: String { file("trust.pem") }

  /// Whether `enroll` was begun here.
  public var isThere: Bool { access(file("agent.json"), F_OK) == 0 }

  /// Where new keys are made.
  func keys(of settings: AgentSettings) -> any DeviceKeyHome { homes.home(settings.keys) }

  /// The settings and all that the client's state machine begins with.
  public func load() throws(AgentFailure) -> (settings: AgentSettings, memory: DeviceMemory) {
    guard let octets = try DurableFile.read(file("agent.json")) else {
      throw AgentFailure(
        .missing, "no device is enrolled in \(path)",
        hint: "touchmark-agent enroll 'https://SERIAL@SERVER#sha256:…' --secret-file FILE --data \(path)")
    }
    guard let settings = AgentSettings(octets) else { throw damaged("agent.json") }
    let (roots, bundle) = try loadTrust()
    var memory = DeviceMemory(serial: settings.serial, roots: roots, bundle: bundle)
    let homes = [keys(of: settings), SoftwareKeyHome()]
    let current = try loadIdentity("current", homes)
    (memory.identity, memory.renewAt) = (current?.identity, current?.renewAt)
    memory.pendingKey = try loadKey(file("pending.pem"), homes)
    memory.secret = try loadSecret(settings)
    // It died between the two: what was asked for is kept already, and only the cleaning is left.
    if let identity = memory.identity, identity.key.publicKey == memory.pendingKey?.publicKey {
      (memory.pendingKey, memory.secret) = (nil, nil)
    }
    if memory.pendingKey == nil, let identity = memory.identity, try isRenewing(identity.certificate) {
      memory.pendingKey = identity.key
    }
    return (settings, memory)
  }

  private func loadTrust() throws(AgentFailure) -> ([Certificate], Int64) {
    guard let octets = try DurableFile.read(trustFile) else { throw damaged("trust.pem") }
    let text = String(decoding: octets, as: UTF8.self)
    let roots = try certificates(in: text, "trust.pem")
    guard !roots.isEmpty else { throw damaged("trust.pem") }
    let bundle = text.split(separator: "\n").first { $0.hasPrefix("bundle: ") }.flatMap { Int64($0.dropFirst(8)) }
    return (roots, bundle ?? 0)
  }

  private func loadSecret(_ settings: AgentSettings) throws(AgentFailure) -> DeviceMemory.FirstSecret? {
    guard let octets = try DurableFile.read(file("secret"), limit: 4096) else { return nil }
    return .init(name: settings.name, secret: String(decoding: octets, as: UTF8.self))
  }

  /// What `current` or `previous` points to.
  private func loadIdentity(
    _ link: String, _ homes: [any DeviceKeyHome]
  ) throws(AgentFailure) -> (identity: DeviceMemory.Identity, renewAt: Instant?)? {
    guard let octets = try DurableFile.read(file("\(link)/cert.pem")) else { return nil }
    guard let key = try loadKey(file("\(link)/key.pem"), homes),
      let certificate = try certificates(in: String(decoding: octets, as: UTF8.self), "\(link)/cert.pem").first,
      key.publicKey.encoded == certificate.subjectPublicKeyInfo
    else { throw damaged(link) }
    let chain = try DurableFile.read(file("\(link)/chain.pem")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let renewal = try DurableFile.read(file("\(link)/renewal.json")).flatMap { try? JSONParser.parse($0) }
    var renewAt: Instant?
    if case .string(let text)? = renewal?["renew_at"] { renewAt = Instant(text) }
    return (
      .init(key: key, certificate: certificate, chain: try certificates(in: chain, "\(link)/chain.pem")), renewAt
    )
  }

  private func loadKey(
    _ path: String, _ homes: [any DeviceKeyHome]
  ) throws(AgentFailure) -> (any DeviceKey)? {
    guard var octets = try DurableFile.read(path, limit: 65_536) else { return nil }
    defer { Wiping.wipe(&octets) }
    guard let stored = PEM.parse(String(decoding: octets, as: UTF8.self))?.first else {
      throw AgentFailure(.failed, "\(path) holds no key")
    }
    do {
      for home in homes { if let key = try home.key(from: stored) { return key } }
    } catch {
      throw AgentFailure(.failed, "the key of \(path) cannot be used: \(error)")
    }
    throw AgentFailure(.failed, "the key of \(path) is of a kind that this agent has no home for")
  }

  private func certificates(in text: String, _ name: String) throws(AgentFailure) -> [Certificate] {
    guard let blocks = PEM.parse(text) else { throw damaged(name) }
    var found: [Certificate] = []
    for block in blocks where block.label == "CERTIFICATE" {
      guard let certificate = try? Certificate(parsing: block.bytes) else { throw damaged(name) }
      found.append(certificate)
    }
    return found
  }

  private func damaged(_ name: String) -> AgentFailure {
    AgentFailure(
      .failed, "\(file(name)) is damaged or missing",
      hint: "restore the folder, or move it away and enroll again with a new secret (touchmark device replace)")
  }
}

/// Octets that are overwritten once they were used.
enum Wiping {
  static func wipe(_ octets: inout [UInt8]) {
    octets.withUnsafeMutableBytes { memory in
      guard let base = memory.baseAddress else { return }
      #if canImport(Darwin)
      _ = memset_s(base, memory.count, 0, memory.count)
      #else
      explicit_bzero(base, memory.count)
      #endif
    }
    octets = []
  }
}

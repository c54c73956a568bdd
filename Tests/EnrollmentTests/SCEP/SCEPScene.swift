import Credentials
import Enrollment
import Issuance
import KeyCustody
import Registry
import Synchronization
import TestKit
import Testing
import WireFormats

/// SCEP in front of a real organization.
struct SCEPScene {
  let installation: TestInstallation
  let authorities: RegistrationAuthorities
  let service: SCEPService
  /// Another process on the same store.
  let elsewhere: SCEPService
  let profile: ProfileName
  let authority: RegistrationAuthority

  static let rsa = made()

  private static func made() -> SoftwareKey {
    do { return try SoftwareKey.generate(.rsa2048) } catch { fatalError("no test key: \(error)") }
  }

  static let text = """
    name: scep
    description: for clients of SCEP
    authority: operational
    subject:
      - serialNumber: "{serial}"
      - commonName: "{serial}"
    keys: [P-256, P-384, Ed25519, RSA-2048]
    validity: 7d
    backdate: 1h
    renewal: {window: 3d, grace: 90d, early: true}
    key-usage: [digitalSignature]
    extended-key-usage: [clientAuth]
    ask: [secret, grant, certificate]
    protocols: [scep]
    """

  /// - Parameter lines: what the profile says besides.
  init(secrets: [String: [[UInt8]]] = [:], enrolling: (any Enrolling)? = nil, lines: String = "") async throws {
    try await self.init(in: TestInstallation(), secrets: secrets, enrolling: enrolling, lines: lines)
  }

  init(
    in installation: TestInstallation, secrets: [String: [[UInt8]]] = [:], enrolling: (any Enrolling)? = nil,
    lines: String = ""
  ) async throws {
    self.installation = installation
    profile = try #require(ProfileName(rawValue: "scep"))
    let profiles = ProfileService(store: installation.store, roster: installation.roster, clock: installation.clock.now)
    _ = try await profiles.apply(Self.text + "\n\(lines)\n", named: profile, isDryRun: false, by: .installation)
    let authorities = Self.authorities(installation)
    self.authorities = authorities
    let enrolling = enrolling ?? installation.enrollment
    service = Self.service(installation, authorities, secrets, enrolling)
    elsewhere = Self.service(installation, Self.authorities(installation), secrets, enrolling)
    authority = try await authorities.registrationAuthority(of: profile)
  }

  private static func service(
    _ installation: TestInstallation, _ authorities: RegistrationAuthorities, _ secrets: [String: [[UInt8]]],
    _ enrolling: any Enrolling
  ) -> SCEPService {
    SCEPService(
      enrolling: enrolling,
      authorities: { name throws(Refusal) in try await authorities.registrationAuthority(of: name) },
      nextAuthorities: { name throws(Refusal) in try await authorities.nextAuthorities(of: name) },
      secrets: FixedSecrets(named: secrets),
      records: RegistrySCEPRecords(
        store: installation.store, organization: installation.organization, clock: installation.clock.now),
      clock: installation.clock.now)
  }

  /// As another process would have them.
  static func authorities(_ installation: TestInstallation) -> RegistrationAuthorities {
    RegistrationAuthorities(
      store: installation.store, roster: installation.roster, catalog: installation.catalog,
      keys: installation.keys.online, clock: installation.clock.now)
  }

  /// Registers a device with a secret.
  func register(_ serial: String) async throws -> String {
    let secret = EnrollmentSecret()
    let (time, organization, profile) = (installation.clock.now(), installation.organization, profile)
    try await installation.store.write { writer in
      var random = SystemRandomNumberGenerator()
      let device = DeviceRecord(
        id: DeviceID(at: time, random: &random), organization: organization, manufacturer: "", serial: serial,
        kind: .device, profile: profile, state: .registered, registeredAt: time, registeredBy: "test")
      try writer.insert(device)
      try writer.insert(
        EnrollmentSecretRecord(
          device: device.id, secretHash: secret.hash, profile: profile, expiresAt: time + .days(7), createdAt: time),
        in: organization)
    }
    return secret.text
  }

  var recipient: Recipient {
    get throws { try #require(Recipient(authority.certificate)) }
  }

  func send(_ message: [UInt8]) async throws -> SCEPAnswer {
    let answer = try await service.operate(message, profile: profile, address: "192.0.2.1")
    #expect(answer.contentType == "application/x-pki-message" || answer.status != 200)
    return answer
  }

  func ask(
    _ client: TestSCEPClient, _ type: Int, _ content: [UInt8], challenge: String? = nil
  ) async throws -> TestSCEPClient.Reply {
    let answer = try await send(try client.message(type, content: content, to: [try recipient]))
    return try client.read(answer.body, from: authority.certificate, challenge: challenge)
  }

  /// Enrolls with a secret.
  func enroll(_ serial: String, key: SoftwareKey = rsa) async throws -> Certificate {
    let secret = try await register(serial)
    let client = try TestSCEPClient(key: key, serial: serial)
    let reply = try await ask(
      client, 19, try TestSCEPClient.request(key, serial: serial, challenge: secret),
      challenge: key.publicKey.algorithm.isRSA ? nil : secret)
    return try #require(reply.certificates.first)
  }

  /// An operator's yes to all that waits.
  func approveAll() async throws {
    let organization = installation.organization
    let waiting = try await installation.store.read {
      try $0.pendingRequests(matching: nil, after: nil, limit: 100, in: organization).items
    }
    for request in waiting where request.state == .pending {
      _ = try await Administration(store: installation.store, organization: organization, clock: installation.clock.now)
        .perform(RequestService().approve(request.id.rawValue), by: .installation, through: .rest)
    }
  }

  func issued(to key: SoftwareKey) async throws -> Int {
    let (organization, hash) = (installation.organization, key.publicKey.keyHash)
    return try await installation.store.read { try $0.certificates(keyHash: hash, in: organization).count }
  }
}

/// Secrets that a test made up.
struct FixedSecrets: SecretOpening {
  let named: [String: [[UInt8]]]

  func secrets(named name: String) async throws(Refusal) -> [[UInt8]] { named[name] ?? [] }
}

/// Answers in turn; the last answer stays.
final class TurnEnrolling: Enrolling {
  private let turns: Mutex<[Result<Issued, Refusal>]>
  private let requests = Mutex<[EnrollmentRequest]>([])

  init(_ turns: [Result<Issued, Refusal>]) { self.turns = Mutex(turns) }

  var asked: [EnrollmentRequest] { requests.withLock { $0 } }

  func enroll(_ request: EnrollmentRequest) async throws(Refusal) -> Issued {
    requests.withLock { $0.append(request) }
    let turn = turns.withLock { $0.count > 1 ? $0.removeFirst() : $0.first }
    guard let turn else { throw Refusal(.unavailable, "no turn") }
    return try turn.get()
  }

  func authorityChains(label _: ProfileName?) async throws(Refusal) -> [[UInt8]] { [] }
}

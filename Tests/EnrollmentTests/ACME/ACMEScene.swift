import Credentials
import Crypto
import Enrollment
import Issuance
import KeyCustody
import Registry
import Synchronization
import TestKit
import Testing
import WireFormats

/// An installation with the ACME door open, hosts that answer challenges, and clients that speak JOSE by themselves.
final class ACMEScene: Sendable {
  let installation: TestInstallation
  let hosts = StubHosts()
  let wrongSecrets = Mutex<[String]>([])
  let revoked = Mutex<[SerialNumber]>([])
  private let secrets = Mutex<[String: [[UInt8]]]>([:])
  private let nonces = ACMENonces(key: [UInt8](repeating: 3, count: 32))

  init() async throws { installation = try await TestInstallation() }

  /// As another process of the same installation would make it.
  func service(
    challenges: Set<ACMEAuthorizationRecord.Challenge> = Set(ACMEAuthorizationRecord.Challenge.allCases),
    enrolling: (any Enrolling)? = nil, begin: (@Sendable (ACMEValidation) -> Void)? = nil
  ) -> ACMEService {
    ACMEService(
      ACMEService.Surroundings(
        store: installation.store, organization: installation.organization, catalog: installation.catalog,
        enrolling: enrolling ?? installation.enrollment,
        secrets: { [self] name throws(Refusal) in secrets.withLock { $0[name] ?? [] } },
        noteWrongSecret: { [self] name, _ in
          wrongSecrets.withLock {
            $0.append(name)
            return $0.count > 9 ? 60 : nil
          }
        },
        revoke: { [self] record, _, _, _ throws(Refusal) in revoked.withLock { $0.append(record.serial) } },
        chain: { [installation] in installation.authorities.authority($0)?.chain ?? [] }, nonces: nonces,
        challenges: challenges, clock: installation.clock.now, begin: begin))
  }

  var queue: ACMEValidationQueue {
    ACMEValidationQueue(
      store: installation.store, organization: installation.organization, nonces: nonces, clock: installation.clock.now)
  }

  /// Works on everything that is due.
  func validate() async throws {
    for record in try await queue.take(upTo: 1000) { try await queue.work(on: record, reaching: hosts) }
  }

  /// A profile for ACME alone, which keeps devices.
  func openProfile(_ name: String = "broker", extra: String = "") async throws {
    let document = """
      name: \(name)
      authority: operational
      kind: application
      subject:
        - commonName: "{serial}"
      honor: [subject-alternative-names.dns, subject-alternative-names.ip]
      keys: [P-256, P-384]
      validity: 30d
      renewal: {window: 10d, grace: 5d, early: true}
      key-usage: [digitalSignature]
      extended-key-usage: [serverAuth, clientAuth]
      ask: [secret, grant, certificate]
      protocols: [acme]
      \(extra)
      """
    let organization = installation.organization
    let record = ProfileRecord(
      name: try #require(ProfileName(rawValue: name)), version: 1, document: document,
      digest: Array(SHA256.hash(data: Array(document.utf8))), appliedAt: installation.clock.now(), appliedBy: "test")
    try await installation.store.write { try $0.insert(record, in: organization) }
  }

  /// A device with a secret that a MAC can be checked with.
  func addDevice(_ serial: String, profile: String = "broker", labels: [String: String] = [:]) async throws -> String {
    let (organization, now, secret) = (installation.organization, installation.clock.now(), EnrollmentSecret())
    var random = SystemRandomNumberGenerator()
    let name = try #require(ProfileName(rawValue: profile))
    let device = DeviceRecord(
      id: DeviceID(at: now, random: &random), organization: organization, serial: serial, profile: name, labels: labels,
      registeredAt: now, registeredBy: "test")
    let record = EnrollmentSecretRecord(
      device: device.id, secretHash: secret.hash, profile: name, expiresAt: now + .days(7), createdAt: now)
    try await installation.store.write { writer in
      try writer.insert(device)
      try writer.insert(record, in: organization)
    }
    secrets.withLock { $0[serial, default: []].append(Array(secret.text.utf8)) }
    return secret.text
  }

  func addGrant(_ name: String, profile: String = "broker", uses: Int, serials: [String] = []) async throws -> String {
    let (organization, now, secret) = (installation.organization, installation.clock.now(), EnrollmentSecret())
    let record = GrantRecord(
      name: try #require(GrantName(rawValue: name)), organization: organization, secretHash: secret.hash,
      profile: try #require(ProfileName(rawValue: profile)), uses: uses, serials: serials, expiresAt: now + .days(7),
      createdAt: now, createdBy: "test")
    try await installation.store.write { try $0.insert(record) }
    secrets.withLock { $0[name] = [Array(secret.text.utf8)] }
    return secret.text
  }

  func voidSecrets(of name: String) { secrets.withLock { $0[name] = nil } }
}

/// What hosts show to whoever looks at a challenge.
final class StubHosts: ChallengeReaching {
  struct Shown {
    var contents: [String: String] = [:]
    var texts: [String: [String]] = [:]
    var certificates: [String: [UInt8]] = [:]
    /// Looks that fail before one succeeds.
    var failures = 0
    var looks = 0
  }

  let shown = Mutex(Shown())

  private func look() throws(ACMEProblem) {
    let fails = shown.withLock { shown in
      shown.looks += 1
      defer { shown.failures -= shown.failures > 0 ? 1 : 0 }
      return shown.failures > 0
    }
    if fails { throw ACMEProblem(.connection, "nobody there") }
  }

  func content(of path: String, at host: ACMEIdentifier) async throws(ACMEProblem) -> [UInt8] {
    try look()
    guard let text = shown.withLock({ $0.contents[host.value + path] }) else {
      throw ACMEProblem(.incorrectResponse, "404")
    }
    return Array(text.utf8)
  }

  func texts(of name: String) async throws(ACMEProblem) -> [String] {
    try look()
    return shown.withLock { $0.texts[name] ?? [] }
  }

  func certificate(of host: ACMEIdentifier, serverName: String) async throws(ACMEProblem) -> [UInt8] {
    try look()
    guard let certificate = shown.withLock({ $0.certificates[serverName] }) else { throw ACMEProblem(.tls, "none") }
    return certificate
  }
}

extension ACMEScene {
  /// An order whose names were all shown by http-01: its finalize address.
  func ready(_ client: ACMEClient, _ names: [String], replaces: String? = nil) async throws -> ACMEObjectID {
    let answer = try await client.order(names.map { ("dns", $0) }, replaces: replaces)
    #expect(answer.status == 201, "\(String(decoding: answer.body, as: UTF8.self))")
    for authorization in answer.json["authorizations"]?.elements ?? [] {
      guard case .authorization(let id) = try client.resource(authorization.text) else { continue }
      let shown = try await client.post(.authorization(id)).json
      let token = try #require(shown["challenges"]?.elements?.first?["token"]?.text)
      let host = try #require(shown["identifier"]?["value"]?.text)
      hosts.shown.withLock {
        $0.contents[host + "/.well-known/acme-challenge/" + token] = token + "." + client.thumbprint + "\n"
      }
      #expect(try await client.post(.challenge(id, .http), .object([])).status == 200)
    }
    try await validate()
    guard case .order(let id) = try client.resource(answer.location) else { throw Problem() }
    return id
  }

  struct Problem: Error {}

  /// The whole way to a certificate.
  func certificate(
    _ client: ACMEClient, _ names: [String], key: SoftwareKey? = nil, replaces: String? = nil
  ) async throws -> Certificate {
    let id = try await ready(client, names, replaces: replaces)
    // Side by side with others, another may be at work on this one's validation.
    for _ in 0..<1000 where try await client.post(.order(id)).json["status"] == "pending" {
      try await Task.sleep(for: .milliseconds(10))
    }
    let request = try await ACMEClient.request(
      names.map { .dnsName($0) }, key: key ?? SoftwareKey.generate(.p256))
    let final = try await client.post(.finalize(id), ["csr": .string(request)])
    #expect(final.json["status"] == "valid", "\(String(decoding: final.body, as: UTF8.self))")
    let pem = try await client.post(.certificate(id))
    #expect(pem.contentType == "application/pem-certificate-chain")
    let parts = try #require(PEM.parse(String(decoding: pem.body, as: UTF8.self)))
    return try Certificate(parsing: try #require(parts.first).bytes)
  }
}

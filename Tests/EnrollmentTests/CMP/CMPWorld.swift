import Credentials
import Enrollment
import Issuance
import KeyCustody
import Registry
import Synchronization
import TestKit
import WireFormats

/// A whole organization with a CMP door, in which `operational` is open to it.
struct CMPWorld {
  let installation: TestInstallation
  let service: CMPService
  /// Another process on the same store.
  let elsewhere: CMPService
  let secrets = KnownSecrets()
  let transactions = MemoryTransactions()
  let gate: ApprovalGate
  let wrong = Mutexed<[String]>([])
  let registrars = Mutexed<[[UInt8]: Actor]>([:])

  /// - Parameters:
  ///   - lines: what the profile `operational` says besides.
  ///   - usage: in place of its key-usage.
  ///   - isStored: keeps transactions in the store, and not in memory.
  ///   - start: what time it is.
  init(
    throttledFor seconds: Int? = nil, lines: String = "", usage: String? = nil, isStored: Bool = false,
    at start: Instant = Instant(seconds: 1_800_000_000)
  ) async throws {
    installation = try await TestInstallation(at: start)
    var text = BuiltInProfiles.texts[1].replacing("protocols: [est, rest", with: "protocols: [est, cmp, rest")
    if let usage { text = text.replacing("key-usage: [digitalSignature]", with: "key-usage: [\(usage)]") }
    if !lines.isEmpty { text += "\n\(lines)\n" }
    _ = try await ProfileService(
      store: installation.store, roster: installation.roster, clock: installation.clock.now
    ).apply(text, named: nil, isDryRun: false, by: .installation)
    gate = ApprovalGate(installation.enrollment)
    let stored = StoredTransactions(
      store: installation.store, organization: installation.organization, clock: installation.clock.now)
    let parts = Parts(
      installation: installation, gate: gate, transactions: isStored ? stored : transactions, secrets: secrets,
      registrars: registrars, wrong: wrong, seconds: seconds)
    service = parts.service
    elsewhere = parts.service
  }

  private struct Parts {
    let installation: TestInstallation
    let gate: ApprovalGate
    let transactions: any CMPTransactions
    let secrets: KnownSecrets
    let registrars: Mutexed<[[UInt8]: Actor]>
    let wrong: Mutexed<[String]>
    let seconds: Int?

    var service: CMPService {
      let (store, roster, organization) = (installation.store, installation.roster, installation.organization)
      let clock = installation.clock.now
      let profiles = ProfileLookup(store: store, organization: organization, catalog: installation.catalog)
      let protection = AuthorityProtection(roster: roster, store: store, profiles: profiles, clock: clock)
      let administrators = AdministratorService(store: store, organization: organization, clock: clock)
      return CMPService(
        enrolling: gate, revoking: CertificateService(store: store, organization: organization, clock: clock),
        information: InstallationInformation(roster: roster, profiles: profiles) { [installation] id in
          guard let authority = installation.authorities.authority(id) else { return nil }
          return RevocationListItem(
            encoded: authority.certificate.encoded, thisUpdate: installation.clock.now() - .hours(1))
        },
        transactions: transactions, secrets: secrets, protecting: protection,
        keyGeneration: CMPKeyGeneration(enrolling: installation.enrollment) { label throws(Refusal) in
          try await protection.keySigning(label: label)
        },
        registrar: { [registrars] certificate throws(Refusal) in
          if let actor = registrars.value[certificate.fingerprint] { return actor }
          return try await administrators.registrationAuthority(certificate: certificate.encoded)
        },
        wrongSecret: { [wrong, seconds] name, _ in
          wrong.change { $0.append(name) }
          return seconds
        },
        clock: clock)
    }
  }

  var now: Instant { installation.clock.now() }

  /// A device with a secret that the door knows.
  func register(_ serial: String) async throws -> String {
    let secret = try await RegisteredDevice.add(serial, in: installation)
    secrets.add(secret.text, to: serial)
    return secret.text
  }

  func client(_ name: String, _ secret: String) -> CMPClient {
    CMPClient(.passwordBasedMac(name: name, secret: secret, iterations: 500), at: now)
  }

  func client(_ device: TestDevice, _ certificate: [UInt8]) throws -> CMPClient {
    CMPClient(.signature(certificate: certificate, chain: [], device.key), at: now)
  }

  func send(_ octets: [UInt8], label: String? = nil, operation: CMPOperation? = nil) async throws -> CMPReply {
    let answer = await service.answer(
      octets, at: CMPAddress(label: label, operation: operation, client: "192.0.2.1"))
    guard let message = answer.message else { throw CMPReply.Unreadable() }
    return try CMPReply(parsing: message)
  }

  /// A certificate for a new device, confirmed implicitly.
  func enroll(_ serial: String, _ algorithm: KeyAlgorithm = .p256) async throws -> (TestDevice, [UInt8]) {
    let device = try TestDevice(serial, algorithm)
    var client = client(serial, try await register(serial))
    client.implicitConfirm = true
    let reply = try await send(client.message(0, CMPClient.requests(device.key, subject: device.subject)))
    guard let certificate = reply.certificate else { throw CMPReply.Unreadable() }
    return (device, certificate)
  }

  /// Certificates of a profile that are in the store.
  func installed(_ profile: String) async throws -> Int {
    let (organization, name) = (installation.organization, ProfileName(rawValue: profile))
    return try await installation.store.read {
      try $0.countCertificates(matching: CertificateFilter(profile: name), in: organization)
    }
  }

  /// Devices' certificates: all, and those that are revoked.
  func standing() async throws -> [Int] {
    let (organization, name) = (installation.organization, ProfileName(rawValue: "operational"))
    return try await installation.store.read { reader in
      try [nil, .revoked].map {
        try reader.countCertificates(matching: CertificateFilter(profile: name, status: $0), in: organization)
      }
    }
  }

  private var administration: Administration {
    Administration(
      store: installation.store, organization: installation.organization, clock: installation.clock.now)
  }

  /// An operator's yes to all that waits.
  func approveAll() async throws {
    let organization = installation.organization
    let waiting = try await installation.store.read {
      try $0.pendingRequests(matching: nil, after: nil, limit: 100, in: organization).items
    }
    for request in waiting where request.state == .pending {
      _ = try await administration.perform(
        RequestService().approve(request.id.rawValue), by: .installation, through: .rest)
    }
  }

  /// A registration authority with a record, as an administrator appoints it.
  func appoint(_ name: String) async throws -> CMPClient {
    let key = try SoftwareKey.generate(.p256)
    let appointed = try await AdministratorAppointment(
      administration: administration, roster: installation.roster
    ).add(
      AdministratorTerms(name: name, role: .registrationAuthority, profiles: ["operational"]),
      publicKey: key.publicKey, by: .installation, through: .rest)
    return CMPClient(.signature(certificate: appointed.certificate, chain: appointed.chain, key), at: now)
  }

  func status(of certificate: [UInt8]) async throws -> CertificateRecord.Status? {
    let fingerprint = try Certificate(parsing: certificate).fingerprint
    return try await installation.store.read { [installation] in
      try $0.certificate(fingerprint: fingerprint, in: installation.organization)?.status
    }
  }
}

extension TestDevice {
  var subject: DistinguishedName {
    DistinguishedName([
      .init(type: AttributeType.serialNumber, value: serial), .init(type: AttributeType.commonName, value: serial),
    ])
  }
}

/// A value behind a lock.
final class Mutexed<Value: Sendable>: Sendable {
  private let state: Mutex<Value>
  init(_ value: Value) { state = Mutex(value) }
  var value: Value { state.withLock { $0 } }
  func change(_ body: (inout Value) -> Void) { state.withLock { body(&$0) } }
}

/// Secrets that the door may open.
final class KnownSecrets: SecretOpening {
  private let texts = Mutex<[String: [String]]>([:])

  func add(_ secret: String, to name: String) { texts.withLock { $0[name, default: []].append(secret) } }
  func secrets(named name: String) async throws(Refusal) -> [[UInt8]] {
    texts.withLock { ($0[name] ?? []).map { Array($0.utf8) } }
  }
}

/// The store's rules, in memory.
final class MemoryTransactions: CMPTransactions {
  private let states = Mutex<[String: [UInt8]]>([:])

  func transaction(_ identifier: String) async throws(Refusal) -> [UInt8]? { states.withLock { $0[identifier] } }
  func put(
    _ state: [UInt8], replacing old: [UInt8]?, of identifier: String, until expiry: Instant
  ) async throws(Refusal) -> Bool {
    states.withLock {
      guard $0[identifier] == old else { return false }
      $0[identifier] = state
      return true
    }
  }
  var count: Int { states.withLock { $0.count } }
}

/// Enrolling that waits for an operator when told to, and counts what was issued.
final class ApprovalGate: Enrolling {
  enum Answer { case pass, wait, refuse }
  private let inner: any Enrolling
  private let state = Mutex<(answer: Answer, issued: Int)>((.pass, 0))

  init(_ inner: any Enrolling) { self.inner = inner }

  func set(_ answer: Answer) { state.withLock { $0.answer = answer } }
  /// Certificates that were new.
  var issued: Int { state.withLock { $0.issued } }

  func enroll(_ request: EnrollmentRequest) async throws(Refusal) -> Issued {
    switch state.withLock({ $0.answer }) {
    case .wait: throw Refusal(.pendingApproval, "an operator has to approve this")
    case .refuse: throw Refusal(.forbidden, "not on a Friday")
    case .pass: break
    }
    let issued = try await inner.enroll(request)
    if !issued.repeated { state.withLock { $0.issued += 1 } }
    return issued
  }

  func authorityChains(label: ProfileName?) async throws(Refusal) -> [[UInt8]] {
    try await inner.authorityChains(label: label)
  }
}

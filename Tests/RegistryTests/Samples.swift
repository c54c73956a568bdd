import AuditLog
import Credentials
import Crypto
import Registry
import WireFormats

/// Records to store. The same arguments give the same record.
enum Sample {
  static let start = Instant(seconds: 1_800_000_000)
  static let acme = id("acme", OrganizationID.init(rawValue:))
  static let other = id("other", OrganizationID.init(rawValue:))
  static let authority = id("operational-1", AuthorityID.init(rawValue:))
  static let profile = id("operational", ProfileName.init(rawValue:))
  static let grantName = id("line-3", GrantName.init(rawValue:))

  static func id<ID: Identifier>(_ text: String, _ make: (String) -> ID?) -> ID {
    guard let id = make(text) else { preconditionFailure("\(text) is no identifier") }
    return id
  }

  static func deviceID(_ number: Int) -> DeviceID { id("device-\(number)", DeviceID.init(rawValue:)) }

  static func hash(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

  static func serial(_ number: Int) -> SerialNumber {
    let octets = withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) }
    guard let serial = SerialNumber(integerContent: [0x01] + octets) else { preconditionFailure("no serial") }
    return serial
  }

  static func organization(_ id: OrganizationID = acme) -> OrganizationRecord {
    OrganizationRecord(id: id, name: "Organization \(id)", createdAt: start)
  }

  static func authority(
    _ id: AuthorityID = authority, in organization: OrganizationID = acme,
    purpose: AuthorityRecord.Purpose = .operational
  ) -> AuthorityRecord {
    AuthorityRecord(
      id: id, organization: organization, purpose: purpose, parent: Sample.id("root-1", AuthorityID.init(rawValue:)),
      subject: [0x30, 0x00], certificate: [1, 2, 3], keyName: "key-\(id)", notAfter: start + .days(3650),
      createdAt: start)
  }

  static func device(
    _ number: Int, in organization: OrganizationID = acme, serial: String? = nil, labels: [String: String] = [:]
  ) -> DeviceRecord {
    DeviceRecord(
      id: deviceID(number), organization: organization, serial: serial ?? "SN-\(1000 + number)", profile: profile,
      labels: labels, registeredAt: start, registeredBy: "administrator:1")
  }

  static func certificate(
    _ number: Int, in organization: OrganizationID = acme, device: DeviceID? = nil, key: String? = nil,
    notAfter: Instant = start + .days(7)
  ) -> CertificateRecord {
    CertificateRecord(
      organization: organization, authority: authority, serial: serial(number), device: device,
      name: "CN=SN-\(number)", profile: profile, profileVersion: 1, fingerprint: hash("\(organization)/\(number)"),
      keyHash: hash(key ?? "key \(number)"), encoded: Array(repeating: 0x30, count: 700), notBefore: start,
      notAfter: notAfter, issuedAt: start, door: "est", principal: "device:\(number)", purpose: "operational")
  }

  static func secret(_ text: String, of device: DeviceID) -> EnrollmentSecretRecord {
    EnrollmentSecretRecord(
      device: device, secretHash: hash(text), profile: profile, expiresAt: start + .days(1), createdAt: start)
  }

  static func grant(_ name: GrantName = grantName, in organization: OrganizationID = acme, uses: Int) -> GrantRecord {
    GrantRecord(
      name: name, organization: organization, secretHash: hash("grant"), profile: profile, uses: uses, lot: "L7",
      serialsFrom: "SN-1", serialsTo: "SN-9", serials: ["X1", "X 2"], station: "line-3", expiresAt: start + .days(1),
      createdAt: start,
      createdBy: "administrator:1")
  }

  static func use(_ number: Int) -> GrantUse {
    GrantUse(
      grant: grantName, keyHash: hash("key \(number)"), authority: authority, certificate: serial(number),
      device: deviceID(number), at: start)
  }

  static func profileRecord(version: Int, name: ProfileName = profile) -> ProfileRecord {
    ProfileRecord(
      name: name, version: version, document: "version: \(version)\n", digest: hash("\(version)"), appliedAt: start,
      appliedBy: "administrator:1")
  }

  static func administrator(
    _ name: String, in organization: OrganizationID = acme, role: AdministratorRecord.Role = .administrator
  ) -> AdministratorRecord {
    AdministratorRecord(
      fingerprint: hash(name), organization: organization, name: name, role: role, certificate: serial(1),
      addedAt: start, addedBy: "init")
  }

  static func anchor(_ name: String) -> TrustAnchorRecord {
    TrustAnchorRecord(
      name: name, certificate: [1, 2], profiles: [profile, id("gateway", ProfileName.init(rawValue:))],
      manufacturer: name, serialPrefix: "X", addedAt: start, addedBy: "administrator:1")
  }

  static func tpm(_ key: String, of device: Int, attestationKey: [UInt8] = [1, 2]) -> DeviceTPMRecord {
    DeviceTPMRecord(
      endorsementKeyHash: hash(key), device: deviceID(device), attestationKey: attestationKey, manufacturer: "chips",
      pinnedAt: start, pinnedBy: "device:1")
  }

  static func residence(_ key: String, of device: Int) -> KeyResidenceRecord {
    KeyResidenceRecord(
      keyHash: hash(key), endorsementKeyHash: hash("ek"), device: deviceID(device), shownAt: start)
  }

  static func attestation(
    _ number: Int, of device: Int = 1, status: AttestationRecord.Status = .failed,
    consequence: AttestationRecord.Consequence = .suspended, log: [UInt8]? = [1]
  ) -> AttestationRecord {
    var random = SystemRandomNumberGenerator()
    let at = start + .seconds(Int64(number))
    return AttestationRecord(
      id: AttestationID(rawValue: "attestation-\(number)") ?? AttestationID(at: at, random: &random),
      device: deviceID(device), appraisedAt: at, status: status, reasons: ["PCR 4 is another", "and more"],
      firmwareVersion: "1", consequence: consequence, attestationKey: [1], nonce: [2], attest: [3], signature: [4],
      registers: "{}", eventLogHash: log.map { _ in hash("log") }, eventLog: log, token: "token")
  }

  static func standing(of attestation: AttestationRecord, dueAt: Instant? = nil) -> AttestationStanding {
    AttestationStanding(
      device: attestation.device, attestation: attestation.id, status: attestation.status,
      reasons: attestation.reasons, firmwareVersion: attestation.firmwareVersion,
      appraisedAt: attestation.appraisedAt, dueAt: dueAt, clock: .max, resets: .max, restarts: 0)
  }

  static func baseline(_ product: String) -> BaselineRecord {
    BaselineRecord(product: product, firmwareVersion: "1", document: "{}", changedAt: start, changedBy: "ann")
  }

  static func list(number: Int64) -> RevocationList {
    RevocationList(
      authority: authority, number: number, thisUpdate: start, nextUpdate: start + .days(1), encoded: [UInt8(number)])
  }

  static func answer(key: String, expiresAt: Instant) -> IdempotencyRecord {
    IdempotencyRecord(
      principal: "administrator:1", key: key, requestHash: hash(key), status: 201, body: [0x7B, 0x7D],
      expiresAt: expiresAt)
  }

  static func pending(_ number: Int, in organization: OrganizationID = acme) -> PendingRequestRecord {
    PendingRequestRecord(
      id: id("request-\(number)", PendingRequestID.init(rawValue:)), organization: organization,
      digest: hash("request \(number)"), profile: profile, door: "est", principal: "device:\(number)",
      serial: "SN-\(number)", subject: "CN=SN-\(number)", keyHash: hash("key \(number)"), request: [0x30, 0x00],
      address: "192.0.2.1", createdAt: start, expiresAt: start + .days(7))
  }

  static func transaction(_ identifier: [UInt8], state: [UInt8], until end: Instant) -> ProtocolTransaction {
    ProtocolTransaction(door: "scep", identifier: identifier, state: state, createdAt: start, expiresAt: end)
  }

  static func entry(_ act: String, subject: String = "device:device-1") -> AuditEntry {
    AuditEntry(
      at: start, actor: "administrator:1", door: "rest", act: act, subject: subject, outcome: "ok",
      details: ["certificate": "01"])
  }
}

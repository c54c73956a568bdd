import AuditLog
import Credentials
import Registry
import WireFormats

/// A signed certificate on its way into the store.
struct Issuance: Sendable {
  let request: EnrollmentRequest
  let applicant: Applicant
  let decision: Decision
  /// As it stood when it signed.
  let issuer: AuthorityRecord
  let serial: SerialNumber
  let certificate: [UInt8]
  let at: Instant
  /// When the first of the device's current certificates of other profiles is due for renewal.
  let othersDue: Instant?
  /// The system outside that said yes; nil when none had to be asked.
  let authorizedBy: String?
  /// The operator's yes; nil when none was needed.
  let approved: ApprovedRequest?

  var authority: AuthorityID { issuer.id }
}

/// What the store holds at the end: this issuance, or an earlier one to the same key under the same right.
struct Recorded: Sendable {
  let certificate: [UInt8]
  let serial: SerialNumber
  let repeated: Bool
}

extension EnrollmentService {
  /// One durable transaction: the certificate, the right that it uses up, the device's standing, the audit entry.
  ///
  /// What decided is checked once more inside, since secret, quota and standing may have changed since the snapshot.
  func record(_ issuance: Issuance) async throws(Refusal) -> Recorded {
    let recorder = Recorder(
      issuance: issuance, organization: organization, reservedNames: reservedNames)
    do {
      return try await store.write { try recorder.record(in: $0) }
    } catch {
      throw Refusal.from(error)
    }
  }
}

struct Recorder: Sendable {
  let issuance: Issuance
  let organization: OrganizationID
  let reservedNames: ReservedNames

  private var profile: Profile { issuance.decision.profile }
  private let keyHash: [UInt8]
  /// The subject's text.
  private let name: String

  init(issuance: Issuance, organization: OrganizationID, reservedNames: ReservedNames) {
    self.issuance = issuance
    self.organization = organization
    self.reservedNames = reservedNames
    keyHash = issuance.request.request.publicKey.keyHash
    name = issuance.decision.subject.description
  }

  func record(in writer: any StoreWriter) throws -> Recorded {
    if let earlier = try earlier(in: writer) {
      return Recorded(certificate: earlier.encoded, serial: earlier.serial, repeated: true)
    }
    try checkProfile(in: writer)
    let device = try device(in: writer)
    try checkKey(device: device, in: writer)
    try checkNames(device: device, in: writer)
    try pinTPM(device: device, in: writer)
    let parent = parentCertificate
    let suspectsClone = try isClone(device: device, in: writer)
    let origin = try keyOrigin(in: writer)
    try writer.insert(certificateRecord(device: device, parent: parent, keyOrigin: origin))
    try useRight(device: device, in: writer)
    try useApproval(in: writer)
    // One that was brought in just now has its first contact in its row already.
    if let device, issuance.applicant.device != nil {
      try writer.recordContact(
        of: device.id, at: issuance.at, door: issuance.request.door.rawValue,
        renewalDueAt: renewalDue, expiresAt: expiry, in: organization)
    }
    try writer.append(entry(device: device, keyOrigin: origin), in: organization)
    if suspectsClone { try writer.append(cloneAlarm(device: device), in: organization) }
    return Recorded(certificate: issuance.certificate, serial: issuance.serial, repeated: false)
  }

  /// A device may hold certificates of several profiles: the first that is due counts.
  /// Nil for what never ends.
  private var expiry: Instant? {
    issuance.decision.notAfter < Instant.noExpiry.wholeSecond ? issuance.decision.notAfter : nil
  }

  private var renewalDue: Instant? {
    let own = profile.renewal.allowed ? issuance.decision.notAfter - profile.renewal.window : nil
    return [own, issuance.othersDue].compactMap { $0 }.min()
  }

  /// Two requests with one right and one key at the same moment: the second gets what the first recorded.
  private func earlier(in writer: any StoreWriter) throws -> CertificateRecord? {
    let resolver = Resolver(reader: writer, organization: organization, now: issuance.at, request: issuance.request)
    // A station's right goes with its record, on what is under way too.
    try issuance.applicant.station?.checkStanding(in: writer, of: organization, at: issuance.at)
    switch issuance.applicant.right {
    case .secret(let secret):
      guard let now = try writer.enrollmentSecret(of: secret.device, hash: secret.secretHash, in: organization),
        now.voidedAt == nil
      else { throw Refusal(.unauthenticated, "the secret is not valid") }
      guard let used = now.usedKeyHash else { return nil }
      guard used == keyHash else { throw Refusal(.exhausted, "the secret was used, with another key") }
      return try resolver.usedCertificate(now.usedAuthority, now.usedCertificate)
    case .grant(let grant):
      guard let use = try writer.grantUse(of: grant.name, keyHash: keyHash, in: organization) else { return nil }
      try writer.count(.repeated, of: grant.name, in: organization)
      return try resolver.usedCertificate(use.authority, use.certificate)
    case .key(let key):
      guard let now = try writer.deviceKey(hash: key.keyHash, in: organization), now.device == key.device else {
        throw Refusal(.unauthenticated, "the key is not known here")
      }
      return now.usedAt == nil ? nil : try resolver.usedCertificate(now.usedAuthority, now.usedCertificate)
    case .certificate(let parent):
      guard let current = try writer.certificate(fingerprint: parent.fingerprint, in: organization) else {
        throw Refusal(.unauthenticated, "the client certificate is not known here")
      }
      try resolver.checkStanding(of: current)
      return try resolver.earlierRenewal(of: current, profile: profile.name)
    case .manufacturer(let anchor, let serial):
      guard try writer.trustAnchor(anchor.name, in: organization) != nil else {
        throw Refusal(.unauthenticated, "the client certificate is not known here")
      }
      let device = try writer.device(serial: serial, manufacturer: anchor.manufacturer, in: organization)
      return try resolver.earlierEnrollment(device, profile: profile.name)
    case .administrator(let actor):
      // Removing an administrator acts on what is under way, too.
      try actor.checkStanding(in: writer, of: organization, at: issuance.at)
      return nil
    case .registrationAuthority(let record, let parent):
      return try earlier(of: record, renewing: parent, resolver, in: writer)
    case .challenge(let order):
      return try resolver.certificate(ofOrder: order)
    }
  }

  private func earlier(
    of record: AdministratorRecord, renewing parent: CertificateRecord?, _ resolver: Resolver,
    in writer: any StoreWriter
  ) throws -> CertificateRecord? {
    try record.actor.checkStanding(in: writer, of: organization, at: issuance.at)
    guard let device = issuance.applicant.device else { return nil }
    let certificates = try resolver.current(of: device.id)
    if let earlier = resolver.earlier(by: record, among: certificates, profile: profile.name) { return earlier }
    guard let parent, let now = try writer.certificate(fingerprint: parent.fingerprint, in: organization) else {
      return nil
    }
    try resolver.checkStanding(of: now)
    return nil
  }

  /// An approval is used once, and only while it stands.
  private func useApproval(in writer: any StoreWriter) throws {
    guard let approved = issuance.approved else { return }
    try writer.issuePendingRequest(
      approved.id, authority: issuance.authority, certificate: issuance.serial, at: issuance.at, in: organization)
  }

  private func checkProfile(in writer: any StoreWriter) throws {
    guard let current = try writer.profile(profile.name, in: organization), current.version == profile.version else {
      throw Refusal(.unavailable, "the profile changed just now; ask again")
    }
  }

  /// The device as it stands now; a right that brings it in registers it here.
  private func device(in writer: any StoreWriter) throws -> DeviceRecord? {
    if let known = issuance.applicant.device {
      guard let device = try writer.device(known.id, in: organization) else {
        throw Refusal(.notFound, "the device is gone")
      }
      try Decision.checkStanding(device, renewing: issuance.request.isRenewal)
      if isFirstOfDevice, profile.keepsDevice { try checkUncertified(device, in: writer) }
      return profile.keepsDevice ? device : nil
    }
    guard profile.keepsDevice else { return nil }
    let device = newDevice()
    do {
      try writer.insert(device)
    } catch StoreError.duplicate {
      throw Refusal(.conflict, "the device was registered just now; ask again")
    }
    return device
  }

  /// Whether the right lets devices in and does not go on with one.
  private var isFirstOfDevice: Bool {
    switch issuance.applicant.right {
    case .grant, .registrationAuthority(_, renewing: nil): true
    case .secret, .key, .certificate, .manufacturer, .administrator, .registrationAuthority, .challenge: false
    }
  }

  private func checkUncertified(_ device: DeviceRecord, in writer: any StoreWriter) throws {
    let certificates = try writer.certificates(of: device.id, notExpiredAt: nil, in: organization)
    if case .grant(let grant) = issuance.applicant.right, let lot = grant.lot, device.lot != lot {
      throw Refusal(.forbidden, "the device is not of the grant's lot")
    }
    if case .registrationAuthority(let record, _) = issuance.applicant.right {
      try Decision.checkLot(of: record, device)
    }
    guard device.state == .registered, certificates.isEmpty else {
      throw Refusal(.conflict, "the device has a certificate already")
    }
  }

  private func newDevice() -> DeviceRecord {
    var random = SystemRandomNumberGenerator()
    var manufacturer = ""
    var lot: String?
    switch issuance.applicant.right {
    case .manufacturer(let anchor, _): manufacturer = anchor.manufacturer
    case .grant(let grant): lot = grant.lot
    case .registrationAuthority(let record, _): lot = record.lot
    case .secret, .key, .certificate, .administrator, .challenge: break
    }
    return DeviceRecord(
      id: DeviceID(at: issuance.at, random: &random), organization: organization, manufacturer: manufacturer,
      serial: issuance.decision.subjectSerial, kind: profile.kind, profile: profile.name, lot: lot, state: .active,
      stateBy: issuance.request.door.rawValue, stateAt: issuance.at, registeredAt: issuance.at,
      registeredBy: issuance.applicant.principal, lastContactAt: issuance.at,
      lastContactDoor: issuance.request.door.rawValue, renewalDueAt: renewalDue, expiresAt: expiry)
  }

  /// TRUST.md, Subjects: a key certified for another subject, or revoked for compromise, is refused.
  private func checkKey(device: DeviceRecord?, in writer: any StoreWriter) throws {
    for other in try writer.certificates(keyHash: keyHash, in: organization) {
      guard other.reason != .keyCompromise else { throw Refusal(.keyReuse, "this key was revoked as compromised") }
      let isSameSubject =
        device == nil ? other.device == nil && other.name == name : other.device == device?.id
      guard isSameSubject else { throw Refusal(.keyReuse, "this key is certified for another subject") }
      // IEEE 802.1AR leaves it open; here an LDevID has a key of its own, so that losing one does not lose both.
      let purposes = [other.purpose, issuance.issuer.purpose.rawValue]
      guard purposes[0] == purposes[1] || !purposes.contains(AuthorityRecord.Purpose.idevid.rawValue) else {
        throw Refusal(.keyReuse, "an IDevID and an operational certificate have different keys")
      }
    }
  }

  /// No certificate names the server or, by another way than its own record, a device.
  private func checkNames(device: DeviceRecord?, in writer: any StoreWriter) throws {
    let (subject, names) = (issuance.decision.subject, issuance.decision.subjectAlternativeNames)
    guard maySetNames || !reservedNames.include(subject: subject, names: names) else { throw takenName }
    if let device { return try checkNamesake(of: device, in: writer) }
    guard names.allSatisfy(SubjectNames.isComparable) else { throw takenName }
    let texts = SubjectNames.texts(subject: subject, names: names)
    guard texts.count <= 32 else { throw Refusal.policy("subject-alternative-name", "more than 32 names") }
    for text in texts where try !writer.devices(serial: text, in: organization).isEmpty { throw takenName }
  }

  private var takenName: Refusal {
    .policy("reserved-name", "\(profile.name) does not take a name of the server or of a device")
  }

  /// A person who signs a request answers for its names, and a renewal keeps what was given.
  private var maySetNames: Bool {
    switch issuance.applicant.right {
    case .administrator: true
    case .certificate, .registrationAuthority: parentCertificate?.profile == profile.name
    case .secret, .grant, .key, .manufacturer, .challenge: false
    }
  }

  /// Two manufacturers may use one serial. What suspends one of them must not be undone by a certificate for the other
  /// that says the same.
  private func checkNamesake(of device: DeviceRecord, in writer: any StoreWriter) throws {
    for other in try writer.devices(serial: device.serial, in: organization) where other.id != device.id {
      let certificates = try writer.certificates(of: other.id, notExpiredAt: nil, in: organization)
      guard !certificates.contains(where: { $0.authority == issuance.authority && $0.name == name }) else {
        throw Refusal(
          .conflict, "another manufacturer's device was certified under this name",
          hint: "put {manufacturer} into the subject of profile \(profile.name)")
      }
    }
  }

  var parentCertificate: CertificateRecord? { issuance.applicant.parent }

  /// Two keys where one was due: two renewals from one certificate, or a second enrollment with a factory identity while
  /// the first's certificate is good. Somebody copied the key, or a device forgot its own.
  private func isClone(device: DeviceRecord?, in writer: any StoreWriter) throws -> Bool {
    guard let device else { return false }
    let others: [CertificateRecord]
    switch issuance.applicant.right {
    case .certificate(let parent) where parent.profile == profile.name,
      .registrationAuthority(_, renewing: .some(let parent)):
      others = try writer.certificates(renewedFrom: parent.fingerprint, of: device.id, in: organization)
    case .certificate, .manufacturer:
      others = try writer.certificates(of: device.id, notExpiredAt: issuance.at, in: organization)
        .filter { $0.profile == profile.name }
    case .secret, .grant, .key, .administrator, .registrationAuthority, .challenge: return false
    }
    return others.contains { $0.keyHash != keyHash && $0.status != .revoked }
  }

  private func useRight(device: DeviceRecord?, in writer: any StoreWriter) throws {
    switch issuance.applicant.right {
    case .secret(let secret):
      try writer.useEnrollmentSecret(
        of: secret.device, hash: secret.secretHash, keyHash: keyHash, authority: issuance.authority,
        certificate: issuance.serial, at: issuance.at, in: organization)
    case .grant(let grant):
      try writer.insert(
        GrantUse(
          grant: grant.name, keyHash: keyHash, authority: issuance.authority, certificate: issuance.serial,
          device: device?.id, at: issuance.at),
        in: organization)
    case .key(let key):
      try writer.useDeviceKey(
        hash: key.keyHash, authority: issuance.authority, certificate: issuance.serial, at: issuance.at,
        in: organization)
    case .registrationAuthority(let record, _):
      try count(record, in: writer)
    case .certificate, .manufacturer, .administrator, .challenge:
      break
    }
  }

  private func count(_ record: AdministratorRecord, in writer: any StoreWriter) throws {
    do {
      try writer.countIssue(ofAdministrator: record.fingerprint, in: organization)
    } catch StoreError.conflict {
      throw Decision.registrationAuthorityExhausted
    }
  }

  /// A key that was attested stays where it is: its renewals say so without a new statement, whatever they claim.
  private func keyOrigin(in writer: any StoreWriter) throws -> CertificateRecord.KeyOrigin {
    let earlier = try writer.certificates(keyHash: keyHash, in: organization).map(\.keyOrigin)
    let known = earlier + [issuance.request.keyOrigin]
    return known.contains(.attested) ? .attested : known.contains(.claimed) ? .claimed : .software
  }

  private func certificateRecord(
    device: DeviceRecord?, parent: CertificateRecord?, keyOrigin: CertificateRecord.KeyOrigin
  ) -> CertificateRecord {
    var grant: GrantName?
    if case .grant(let record) = issuance.applicant.right { grant = record.name }
    return CertificateRecord(
      organization: organization, authority: issuance.authority, serial: issuance.serial, device: device?.id,
      name: name, profile: profile.name, profileVersion: profile.version,
      fingerprint: Fingerprint.of(issuance.certificate), keyHash: keyHash, encoded: issuance.certificate,
      notBefore: issuance.decision.notBefore, notAfter: issuance.decision.notAfter, issuedAt: issuance.at,
      door: issuance.request.door.rawValue, principal: issuance.applicant.principal, grant: grant,
      parentFingerprint: parent?.fingerprint, keyOrigin: keyOrigin, purpose: issuance.issuer.purpose.rawValue,
      status: .good)
  }

  private func entry(device: DeviceRecord?, keyOrigin: CertificateRecord.KeyOrigin) -> AuditEntry {
    var details = [
      "authority": issuance.authority.rawValue, "profile": "\(profile.name) v\(profile.version)",
      "serial_number": issuance.serial.description, "subject": name,
      "not_after": issuance.decision.notAfter.description, "address": issuance.request.address,
    ]
    details["device"] = device?.serial
    if issuance.applicant.station != nil, case .grant(let grant) = issuance.applicant.right {
      details["grant"] = grant.name.rawValue
    }
    details["authorized_by"] = issuance.authorizedBy
    details["request"] = issuance.approved?.id.rawValue
    details["approved_by"] = issuance.approved?.by
    if issuance.request.isKeyFromServer { details["key"] = "made here" }
    if let claimed = issuance.request.claimedHome { details["key"] = claimed.words }
    if let residence = issuance.request.residence {
      details["key"] = "in a TPM of \(residence.manufacturer)"
      details["tpm"] = Hex.encode(residence.endorsementKeyHash)
    }
    if keyOrigin != .software { details["key_origin"] = keyOrigin.rawValue }
    return AuditEntry(
      at: issuance.at, actor: issuance.applicant.principal, door: issuance.request.door.rawValue,
      act: parentCertificate?.profile == profile.name ? "certificate.renew" : "certificate.issue",
      subject: Self.subject(device, or: issuance.serial), outcome: "ok", reason: nil, details: details)
  }

  private func cloneAlarm(device: DeviceRecord?) -> AuditEntry {
    AuditEntry(
      at: issuance.at, actor: issuance.applicant.principal, door: issuance.request.door.rawValue,
      act: "device.clone-suspected", subject: Self.subject(device, or: issuance.serial), outcome: "alarm",
      reason: "one identity shows two keys",
      details: ["serial_number": issuance.serial.description])
  }

  static func subject(_ device: DeviceRecord?, or serial: SerialNumber) -> String {
    device.map { "device:\($0.id.rawValue)" } ?? "certificate:\(serial)"
  }
}

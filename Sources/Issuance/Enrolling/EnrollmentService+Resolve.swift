import Credentials
import Registry
import WireFormats

/// What the store knows about a request before anything is decided.
struct Resolution: Sendable {
  let applicant: Applicant
  let profile: ProfileRecord
  /// What the same right gave to the same key before: a lost answer is given again.
  let earlier: CertificateRecord?
}

extension EnrollmentService {
  /// Who asks, for which profile: one snapshot of the store.
  func resolve(_ request: EnrollmentRequest) async throws(Refusal) -> Resolution {
    do {
      do {
        return try await resolved(request)
      } catch let lost as LostCertificate {
        try await takeBack(lost, shownIn: request)
        return try await resolved(request)
      }
    } catch {
      throw Refusal.from(error)
    }
  }

  private func resolved(_ request: EnrollmentRequest) async throws -> Resolution {
    let organization = organization
    let time = now()
    return try await store.read { reader in
      try Resolver(reader: reader, organization: organization, now: time, request: request).resolve()
    }
  }

  /// Durable before anything is decided about it, so that a crash leaves it as one of ours.
  private func takeBack(_ lost: LostCertificate, shownIn request: EnrollmentRequest) async throws {
    let taking = TakingBack(
      lost: lost, organization: organization, catalog: catalog, now: now(), shownAt: request.door,
      address: request.address)
    try await store.write { try taking.perform(in: $0) }
  }
}

struct Resolver {
  let reader: any StoreReader
  let organization: OrganizationID
  let now: Instant
  let request: EnrollmentRequest
  let keyHash: [UInt8]

  init(reader: any StoreReader, organization: OrganizationID, now: Instant, request: EnrollmentRequest) {
    self.reader = reader
    self.organization = organization
    self.now = now
    self.request = request
    keyHash = request.request.publicKey.keyHash
  }

  func resolve() throws -> Resolution {
    switch request.credential {
    case .secret(let name, let secret): try bySecret(name: name, secret: secret)
    case .bareSecret(let secret): try byBareSecret(secret)
    case .certificate(let certificate, let chain): try byCertificate(certificate, chain: chain)
    case .registrationAuthority(let actor): try byRegistrationAuthority(actor)
    case .administrator(let actor): try byAdministrator(actor)
    case .station(let actor, let grant, let secret): try byStation(actor, grant: grant, secret: secret)
    case .challenge(let order): try byChallenge(order: order)
    }
  }

  /// The same words for a name that is not there and a secret that is wrong.
  static let wrongSecret = Refusal(.unauthenticated, "name or secret is wrong")

  private func bySecret(name: String, secret: [UInt8]) throws -> Resolution {
    guard name.utf8.count <= 128, secret.count <= 128 else { throw Self.wrongSecret }
    if secret.isEmpty { return try byKey(serial: name) }
    if let grantName = GrantName(rawValue: name), let grant = try reader.grant(grantName, in: organization),
      EnrollmentSecret.matches(secret, hash: grant.secretHash)
    {
      return try byGrant(grant, station: nil)
    }
    let hash = EnrollmentSecret.hash(secret)
    for device in try reader.devices(serial: name, in: organization) {
      if let record = try reader.enrollmentSecret(of: device.id, hash: hash, in: organization) {
        return try byDeviceSecret(record, device: device)
      }
    }
    throw Self.wrongSecret
  }

  /// The protocol carries no name: the secret's digest finds whose it is.
  private func byBareSecret(_ secret: [UInt8]) throws -> Resolution {
    guard !secret.isEmpty, secret.count <= 128 else { throw Self.wrongSecret }
    let hash = EnrollmentSecret.hash(secret)
    if let record = try reader.enrollmentSecret(hash: hash, in: organization),
      let device = try reader.device(record.device, in: organization)
    {
      return try byDeviceSecret(record, device: device)
    }
    guard let grant = try reader.grant(secretHash: hash, in: organization) else { throw Self.wrongSecret }
    return try byGrant(grant, station: nil)
  }

  private func byDeviceSecret(_ secret: EnrollmentSecretRecord, device: DeviceRecord) throws -> Resolution {
    guard !request.isRenewal else { throw Refusal(.unauthenticated, "a renewal needs the device's certificate") }
    try Decision.checkStanding(device, renewing: false)
    var earlier: CertificateRecord?
    if let used = secret.usedKeyHash {
      guard used == keyHash else { throw Refusal(.exhausted, "the secret was used, with another key") }
      earlier = try usedCertificate(secret.usedAuthority, secret.usedCertificate)
    }
    let applicant = Applicant(
      right: .secret(secret), device: device, certificates: try current(of: device.id))
    return try resolution(applicant, profile: request.label ?? secret.profile, earlier: earlier)
  }

  func byGrant(_ grant: GrantRecord, station: Actor?) throws -> Resolution {
    guard !request.isRenewal else { throw Refusal(.unauthenticated, "a renewal needs the device's certificate") }
    try checkStation(station, mayUse: grant)
    let device = try request.namedSerial.flatMap {
      try reader.device(serial: $0, manufacturer: "", in: organization)
    }
    if let device { try Decision.checkStanding(device, renewing: false) }
    let use = try reader.grantUse(of: grant.name, keyHash: keyHash, in: organization)
    let earlier = try use.flatMap { try usedCertificate($0.authority, $0.certificate) }
    if earlier == nil { try checkSerial(grant) }
    let certificates = try device.map { try reader.certificates(of: $0.id, notExpiredAt: nil, in: organization) } ?? []
    let applicant = Applicant(
      right: .grant(grant), device: device,
      certificates: certificates.filter { $0.status == .good && now <= $0.notAfter },
      isCertified: !certificates.isEmpty, station: station, serial: request.serial)
    return try resolution(applicant, profile: request.label ?? grant.profile, earlier: earlier)
  }

  /// A grant may name serials, by a list or by a range: those of the same length between its ends, in the order of
  /// their characters.
  private func checkSerial(_ grant: GrantRecord) throws(Refusal) {
    guard grant.serialsFrom != nil || !grant.serials.isEmpty else { return }
    guard let serial = request.namedSerial, grant.admits(serial: serial) else {
      throw Refusal(.forbidden, "the serial is not among those of the grant")
    }
  }

  /// A used right whose certificate still stands is answered again; one that is over is used up.
  func usedCertificate(_ authority: AuthorityID?, _ serial: SerialNumber?) throws -> CertificateRecord {
    guard let authority, let serial,
      let certificate = try reader.certificate(authority: authority, serial: serial, in: organization)
    else { throw Refusal(.exhausted, "the secret was used") }
    guard certificate.status == .good else { throw Refusal(.revoked, "the certificate made with it is revoked") }
    guard now <= certificate.notAfter else { throw Refusal(.exhausted, "the certificate made with it has expired") }
    return certificate
  }

  func current(of device: DeviceID) throws -> [CertificateRecord] {
    try reader.certificates(of: device, notExpiredAt: now, in: organization).filter { $0.status == .good }
  }

  func resolution(
    _ applicant: Applicant, profile: ProfileName, earlier: CertificateRecord? = nil
  ) throws -> Resolution {
    guard let record = try reader.profile(profile, in: organization) else {
      throw Refusal(.notFound, "no profile has this name")
    }
    return Resolution(applicant: applicant, profile: record, earlier: earlier)
  }

  private func byAdministrator(_ actor: Actor) throws -> Resolution {
    guard let label = request.label else { throw Refusal(.badRequest, "say which profile") }
    let device = try request.namedSerial.flatMap {
      try reader.device(serial: $0, manufacturer: "", in: organization)
    }
    let applicant = Applicant(
      right: .administrator(actor), device: device, certificates: try device.map { try current(of: $0.id) } ?? [],
      serial: request.serial)
    return try resolution(applicant, profile: label)
  }
}

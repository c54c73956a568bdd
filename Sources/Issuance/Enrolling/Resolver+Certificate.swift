import Credentials
import Registry
import WireFormats

/// Who a client certificate is: ours by its record alone, a manufacturer's by a path to what the operator trusts.
extension Resolver {
  func byCertificate(_ certificate: [UInt8], chain: [[UInt8]]) throws -> Resolution {
    let fingerprint = Fingerprint.of(certificate)
    if let record = try reader.certificate(fingerprint: fingerprint, in: organization) { return try byOwn(record) }
    if let lost = try lostCertificate(certificate) { throw lost }
    return try byManufacturer(certificate, chain: chain)
  }

  private func byOwn(_ record: CertificateRecord) throws -> Resolution {
    if record.purpose == AuthorityRecord.Purpose.installation.rawValue,
      let holder = try reader.administrator(fingerprint: record.fingerprint, in: organization),
      holder.isRegistrationAuthority
    {
      return try byRegistrationAuthority(holder)
    }
    let device = try record.device.flatMap { try reader.device($0, in: organization) }
    if let device { try Decision.checkStanding(device, renewing: request.isRenewal) }
    try checkStanding(of: record)
    let profile = request.label ?? defaultProfile(for: record, device: device)
    if profile == record.profile { try checkSameNames(as: record) }
    let applicant = Applicant(
      right: .certificate(record), device: device, certificates: try device.map { try current(of: $0.id) } ?? [])
    return try resolution(applicant, profile: profile, earlier: try earlierRenewal(of: record, profile: profile))
  }

  /// A revoked certificate does nothing, and neither does one whose key was compromised under another certificate, nor
  /// one before a certificate that was revoked (`Lineage`).
  func checkStanding(of record: CertificateRecord) throws {
    try Self.checkStanding(of: record, in: reader, of: organization)
  }

  static func checkStanding(
    of record: CertificateRecord, in reader: any StoreReader, of organization: OrganizationID
  ) throws {
    switch record.status {
    case .revoked: throw Refusal(.revoked, "the certificate is revoked")
    case .held: throw Refusal(.suspended, "the certificate is on hold")
    case .good: break
    }
    let compromised = try reader.certificates(keyHash: record.keyHash, in: organization)
      .contains { $0.reason == .keyCompromise }
    guard !compromised else { throw Refusal(.revoked, "the certificate's key was revoked as compromised") }
    guard let later = try Lineage.revocation(ending: record, in: reader, of: organization) else { return }
    throw Refusal(
      .revoked, "a later certificate of this device, \(later.serial), was revoked",
      hint: "an operator can invite the device again: touchmark device invite SERIAL")
  }

  /// Without a label a renewal stays within its profile, and an IDevID enrolls for its device's own or `operational`.
  private func defaultProfile(for record: CertificateRecord, device: DeviceRecord?) -> ProfileName {
    guard record.profile.rawValue == "idevid", !request.isRenewal else { return record.profile }
    guard let device, device.profile != record.profile else {
      return ProfileName(rawValue: "operational") ?? record.profile
    }
    return device.profile
  }

  /// A renewal whose answer was lost: same parent, same key, and still fresh.
  func earlierRenewal(of record: CertificateRecord, profile: ProfileName) throws -> CertificateRecord? {
    try reader.certificates(keyHash: keyHash, in: organization).last {
      $0.parentFingerprint == record.fingerprint && $0.profile == profile && $0.status == .good && isFresh($0)
    }
  }

  /// In the first half of its life.
  func isFresh(_ certificate: CertificateRecord) -> Bool {
    certificate.notAfter - Span(milliseconds: (certificate.notAfter - certificate.issuedAt).milliseconds / 2) > now
  }

  /// RFC 7030 §4.2.2: a renewal's subject and SAN are those of the certificate. An empty one asks for the same.
  func checkSameNames(as record: CertificateRecord) throws {
    guard let old = try? Certificate(parsing: record.encoded) else { return }
    let asked = request.request
    guard SubjectNames.isRepeated(asked.subject, in: old.subject) else {
      throw Refusal.policy("renewal-names", "a renewal keeps the certificate's subject")
    }
    guard
      asked.subjectAlternativeNames.isEmpty
        || Set(asked.subjectAlternativeNames) == Set(old.subjectAlternativeNames)
    else { throw Refusal.policy("renewal-names", "a renewal keeps the certificate's alternative names") }
  }

  private func byManufacturer(_ encoded: [UInt8], chain: [[UInt8]]) throws -> Resolution {
    guard let leaf = try? Certificate(parsing: encoded), !leaf.isAuthority else {
      throw Refusal(.unauthenticated, "the client certificate cannot be read")
    }
    let intermediates = chain.prefix(6).compactMap { try? Certificate(parsing: $0) }
    var failure: (anchor: String, error: CertificationPathError)?
    for anchor in try reader.trustAnchors(for: .devices, in: organization) {
      guard let trusted = try? Certificate(parsing: anchor.certificate) else { continue }
      do {
        _ = try CertificationPath.verify(leaf: leaf, intermediates: intermediates, anchors: [trusted], at: now)
      } catch {
        if error != .noIssuer { failure = (anchor.name, error) }
        continue
      }
      return try byAnchor(anchor, leaf: leaf)
    }
    if let failure {
      throw Refusal(
        .unauthenticated, "the client certificate is not accepted under \(failure.anchor): \(failure.error)")
    }
    throw Refusal(
      .unauthenticated, "the client certificate is not known here",
      hint: "touchmark trust add lets a manufacturer's devices in")
  }

  private func byAnchor(_ anchor: TrustAnchorRecord, leaf: Certificate) throws -> Resolution {
    // IEEE 802.1AR §8.6: the subject's serialNumber identifies the device.
    guard let serial = leaf.subject.values(of: AttributeType.serialNumber).first, DeviceRecord.isValidSerial(serial)
    else {
      throw Refusal(.unauthenticated, "the client certificate names no serial")
    }
    let device = try reader.device(serial: serial, manufacturer: anchor.manufacturer, in: organization)
    if let device { try Decision.checkStanding(device, renewing: false) }
    guard let profile = request.label ?? anchor.profiles.first else {
      throw Refusal(.forbidden, "devices of \(anchor.name) may not enroll for any profile")
    }
    let applicant = Applicant(
      right: .manufacturer(anchor, serial: serial), device: device,
      certificates: try device.map { try current(of: $0.id) } ?? [])
    return try resolution(applicant, profile: profile, earlier: try earlierEnrollment(device, profile: profile))
  }

  /// A lost answer to a first enrollment by certificate: the same device, key and profile.
  func earlierEnrollment(_ device: DeviceRecord?, profile: ProfileName) throws -> CertificateRecord? {
    guard let device else { return nil }
    return try current(of: device.id).last { $0.keyHash == keyHash && $0.profile == profile }
  }
}

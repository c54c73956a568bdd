import AdministrationAPI
import Credentials
import Issuance
import Registry
import WireFormats

/// How a certificate stands, in one word. Expiry follows from time alone, and a revocation outlasts it.
enum CertificateStatusText {
  static let all = ["good", "held", "revoked", "expired"]

  static func of(_ record: CertificateRecord, at now: Instant) -> String {
    switch record.status {
    case .held: "held"
    case .revoked: "revoked"
    case .good: record.notAfter < now ? "expired" : "good"
    }
  }
}

extension CertificateItem {
  /// - Parameter device: the serial of its device, which the record knows by identifier alone.
  init(_ record: CertificateRecord, device: String?, at now: Instant) {
    self.init(
      serialNumber: "\(record.serial)", authority: record.authority.rawValue, subject: record.name, device: device,
      profile: record.profile.rawValue, profileVersion: record.profileVersion, notBefore: "\(record.notBefore)",
      notAfter: "\(record.notAfter)", issuedAt: "\(record.issuedAt)",
      status: CertificateStatusText.of(record, at: now), revokedAt: record.revokedAt?.description,
      reason: record.reason?.name, door: record.door, principal: record.principal, grant: record.grant?.rawValue,
      fingerprint: Hex.encode(record.fingerprint), keyOrigin: record.keyOrigin.rawValue,
      pem: PEM(label: "CERTIFICATE", bytes: record.encoded).text)
  }

  /// With its device's serial looked up.
  init(
    _ record: CertificateRecord, of reader: some DeviceReading, in organization: OrganizationID, at now: Instant
  ) throws {
    let device = try record.device.flatMap { try reader.device($0, in: organization) }
    self.init(record, device: device?.serial, at: now)
  }
}

extension RemainingCertificate {
  init(_ record: CertificateRecord, enrolls: Bool, at now: Instant) {
    self.init(
      serialNumber: "\(record.serial)", profile: record.profile.rawValue, notAfter: "\(record.notAfter)",
      status: CertificateStatusText.of(record, at: now), enrolls: enrolls)
  }
}

extension IssuedCertificate {
  init(_ issued: Issued) {
    self.init(
      certificate: PEM(label: "CERTIFICATE", bytes: issued.certificate).text,
      chain: issued.chain.map { PEM(label: "CERTIFICATE", bytes: $0).text }, serialNumber: "\(issued.serial)",
      repeated: issued.repeated)
  }
}

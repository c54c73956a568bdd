import AdministrationAPI
import Issuance
import Registry
import WireFormats

/// How an administrator's certificate stands, in one word.
enum AdministratorStatus {
  static let all = CertificateStatusText.all + ["removed"]

  static func of(_ record: AdministratorRecord, certificate: CertificateRecord?, at now: Instant) -> String {
    if record.removedAt != nil { return "removed" }
    return certificate.map { CertificateStatusText.of($0, at: now) } ?? "good"
  }
}

extension AdministratorItem {
  init(
    _ record: AdministratorRecord, of reader: some CertificateReading, in organization: OrganizationID, at now: Instant
  ) throws {
    let certificate = try reader.certificate(fingerprint: record.fingerprint, in: organization)
    self.init(
      record, status: AdministratorStatus.of(record, certificate: certificate, at: now),
      notAfter: certificate?.notAfter)
  }

  init(_ record: AdministratorRecord, status: String, notAfter: Instant?) {
    self.init(
      name: record.name, role: record.role.rawValue, profiles: record.profiles.map(\.rawValue), lot: record.lot,
      uses: record.uses, issued: record.role == .registrationAuthority ? record.issued : nil,
      fingerprint: Hex.encode(record.fingerprint), serialNumber: "\(record.certificate)", status: status,
      notAfter: notAfter?.description, addedAt: "\(record.addedAt)", addedBy: record.addedBy,
      removedAt: record.removedAt?.description)
  }
}

extension AddedAdministrator {
  init(_ appointed: AppointedAdministrator) {
    self.init(
      administrator: AdministratorItem(appointed.record, status: "good", notAfter: appointed.notAfter),
      certificate: PEM(label: "CERTIFICATE", bytes: appointed.certificate).text,
      chain: appointed.chain.map { PEM(label: "CERTIFICATE", bytes: $0).text })
  }
}

import AdministrationAPI
import Issuance
import Registry
import WireFormats

extension PendingRequestItem {
  /// - Parameter isWhole: with the request itself.
  init(_ record: PendingRequestRecord, isWhole: Bool = false) {
    self.init(
      id: record.id.rawValue, state: record.state.rawValue, profile: record.profile.rawValue, door: record.door,
      principal: record.principal, serial: record.serial, subject: record.subject,
      keySHA256: Hex.encode(record.keyHash), digest: Hex.encode(record.digest),
      requestSHA256: Hex.encode(Fingerprint.of(record.request)), address: record.address,
      createdAt: "\(record.createdAt)", expires: "\(record.expiresAt)", decidedAt: record.decidedAt?.description,
      decidedBy: record.decidedBy, reason: record.reason, serialNumber: record.certificate?.description,
      request: isWhole ? PEM(label: "CERTIFICATE REQUEST", bytes: record.request).text : nil)
  }
}

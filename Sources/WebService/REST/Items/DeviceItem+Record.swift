import AdministrationAPI
import Issuance
import Registry
import WireFormats

extension DeviceItem {
  init(_ record: DeviceRecord) {
    self.init(
      id: record.id.rawValue, serial: record.serial, manufacturer: record.manufacturer, kind: record.kind.rawValue,
      profile: record.profile.rawValue, product: record.product, hardwareRevision: record.hardwareRevision,
      lot: record.lot, labels: record.labels, state: record.state.rawValue, stateReason: record.stateReason,
      stateBy: record.stateBy, stateAt: record.stateAt?.description, registeredAt: "\(record.registeredAt)",
      registeredBy: record.registeredBy, lastContactAt: record.lastContactAt?.description,
      lastContactDoor: record.lastContactDoor, renewalDueAt: record.renewalDueAt?.description,
      expiresAt: record.expiresAt?.description)
  }
}

extension Invitation {
  init(_ invited: InvitedDevice, _ invitations: AdministrationServices.Invitations) {
    self.init(
      serial: invited.device.serial, profile: invited.device.profile.rawValue, secret: invited.secret.text,
      expires: "\(invited.expiresAt)", url: invitations.url(), rootSHA256: Hex.encode(invitations.rootFingerprint),
      device: DeviceItem(invited.device))
  }
}

extension Invitation {
  /// A device that needs no secret, since its key is known.
  init(known device: DeviceRecord, _ invitations: AdministrationServices.Invitations) {
    self.init(
      serial: device.serial, profile: device.profile.rawValue, secret: nil, expires: nil, url: invitations.url(),
      rootSHA256: Hex.encode(invitations.rootFingerprint), device: DeviceItem(device))
  }
}

extension GrantItem {
  init(_ record: GrantRecord) {
    self.init(
      name: record.name.rawValue, profile: record.profile.rawValue, uses: record.uses, issued: record.issued,
      repeated: record.repeated, refused: record.refused, left: max(record.uses - record.issued, 0), lot: record.lot,
      serialsFrom: record.serialsFrom, serialsTo: record.serialsTo,
      serials: record.serials.isEmpty ? nil : record.serials, station: record.station,
      expires: "\(record.expiresAt)", createdAt: "\(record.createdAt)", createdBy: record.createdBy,
      revokedAt: record.revokedAt?.description,
      closedAt: record.closedAt?.description)
  }
}

extension TrustAnchorItem {
  init(_ record: TrustAnchorRecord) {
    self.init(
      name: record.name, certificate: PEM(label: "CERTIFICATE", bytes: record.certificate).text,
      profiles: record.profiles.map(\.rawValue), manufacturer: record.manufacturer, serialPrefix: record.serialPrefix,
      purpose: record.purpose.rawValue, addedAt: "\(record.addedAt)", addedBy: record.addedBy)
  }
}

extension ProfileItem {
  init(_ record: ProfileRecord) {
    self.init(
      name: record.name.rawValue, version: record.version, document: record.document,
      digest: Hex.encode(record.digest), appliedAt: "\(record.appliedAt)", appliedBy: record.appliedBy)
  }
}

import Registry
import WireFormats

extension DeviceService {
  /// Registers a new device in the place of an old one, with all that is known of it but serial and keys, and retires
  /// the old one in the same transaction.
  public func replace(
    _ reference: DeviceReference, with serial: String, reason: String?, expiresIn: Span? = nil
  ) -> AdministrativeAct<InvitedDevice> {
    AdministrativeAct("device.replace", on: reference.subject) { context in
      try RecordText.checkReason(reason)
      let old = try reference.find(in: context.organization, of: context.writer)
      guard old.state != .retired else { throw Refusal(.conflict, "the device is retired already") }
      let registration = DeviceRegistration(
        serial: serial, profile: old.profile.rawValue, manufacturer: old.manufacturer, kind: old.kind,
        product: old.product, hardwareRevision: old.hardwareRevision, lot: old.lot, labels: old.labels)
      let device = try register(registration, replacing: old, in: context)
      let (retired, revoked) = try Self.retire(old, reason: reason, in: context)
      let invited = try makeSecret(for: device, expiresIn: expiresIn, in: context)
      try recordReplacement(of: retired, by: invited, reason: reason, revoked: revoked, in: context)
      return invited
    }
  }

  /// One entry for each of the two, so that both histories tell it.
  private func recordReplacement(
    of old: DeviceRecord, by invited: InvitedDevice, reason: String?, revoked: [CertificateRecord],
    in context: ActContext
  ) throws {
    var details = Self.details(of: old)
    details["replaced_by"] = invited.device.serial
    details["certificates"] = revoked.map(\.serial.description).joined(separator: " ")
    try context.record("device.replace", subject: old.auditSubject, reason: reason, details: details)
    var added = Self.details(of: invited.device, secret: invited)
    added["replaces"] = old.serial
    try context.record("device.add", subject: invited.device.auditSubject, reason: reason, details: added)
  }
}

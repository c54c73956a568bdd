import Registry
import WireFormats

extension DeviceService {
  /// Ends a TPM's belonging to a device, since boards are repaired: the TPM may be another device's, and this device may
  /// show another. Keys that it showed count as shown no more; its certificates stay as they are.
  ///
  /// - Throws: `conflict` for a device that has none.
  public func releaseTPM(_ reference: DeviceReference, reason: String?) -> AdministrativeAct<ReleasedTPM> {
    AdministrativeAct("device.tpm-release", on: reference.subject) { context in
      try RecordText.checkReason(reason)
      let device = try reference.find(in: context.organization, of: context.writer)
      guard let tpm = try context.writer.deviceTPM(of: device.id, in: context.organization) else {
        throw Refusal(.conflict, "the device has no TPM")
      }
      try context.writer.unpinTPM(of: device.id, in: context.organization)
      try context.writer.removeAttestationStanding(of: device.id, in: context.organization)
      var details = Self.details(of: device)
      details["tpm"] = Hex.encode(tpm.endorsementKeyHash)
      details["tpm_manufacturer"] = tpm.manufacturer
      try context.record("device.tpm-release", subject: device.auditSubject, reason: reason, details: details)
      return ReleasedTPM(device: device, tpm: tpm)
    }
  }
}

/// A TPM that is no device's any more.
public struct ReleasedTPM: Sendable {
  /// Whose it was.
  public let device: DeviceRecord
  public let tpm: DeviceTPMRecord
}

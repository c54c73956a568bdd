import Credentials
import Registry
import WireFormats

extension Recorder {
  /// TRUST.md: one TPM, one device. The first that proves a key's residence with it has it; a retired device gives it
  /// up.
  func pinTPM(device: DeviceRecord?, in writer: any StoreWriter) throws {
    guard let device else { return }
    guard let residence = issuance.request.residence else { return try checkShown(device, in: writer) }
    if let known = try writer.deviceTPM(endorsementKeyHash: residence.endorsementKeyHash, in: organization),
      known.device != device.id
    {
      let owner = try writer.device(known.device, in: organization)
      guard owner?.state == .retired else {
        throw Refusal(
          .conflict, "this TPM belongs to another device", hint: "if its board was moved: touchmark device tpm release")
      }
    }
    if let own = try writer.deviceTPM(of: device.id, in: organization) {
      guard own.endorsementKeyHash == residence.endorsementKeyHash else {
        throw Refusal(
          .conflict, "this device has another TPM",
          hint: "if its board was repaired: touchmark device tpm release")
      }
    }
    try writer.pin(
      DeviceTPMRecord(
        endorsementKeyHash: residence.endorsementKeyHash, device: device.id, attestationKey: residence.attestationKey,
        manufacturer: residence.manufacturer, pinnedAt: issuance.at, pinnedBy: issuance.applicant.principal),
      in: organization)
    try writer.note(
      KeyResidenceRecord(
        keyHash: residence.keyHash, endorsementKeyHash: residence.endorsementKeyHash, device: device.id,
        shownAt: issuance.at),
      in: organization)
  }

  /// The device's TPM may have been released since the decision.
  private func checkShown(_ device: DeviceRecord, in writer: any StoreWriter) throws {
    let profile = issuance.decision.profile
    guard profile.requiresHardwareKey else { return }
    let keyHash = issuance.request.request.publicKey.keyHash
    guard try KeyResidence.isShown(keyHash, by: device.id, in: writer, of: organization) else {
      throw KeyResidence.notShown(profile.name)
    }
  }
}

import Credentials
import Registry
import WireFormats

extension Recorder {
  /// TRUST.md: one TPM, one device. The first that proves a key's residence with it has it; a retired device gives it
  /// up.
  func pinTPM(device: DeviceRecord?, in writer: any StoreWriter) throws {
    guard let residence = issuance.request.residence, let device else { return }
    if let known = try writer.deviceTPM(endorsementKeyHash: residence.endorsementKeyHash, in: organization),
      known.device != device.id
    {
      let owner = try writer.device(known.device, in: organization)
      guard owner?.state == .retired else {
        throw Refusal(
          .conflict, "this TPM belongs to another device", hint: "retire the other device, if its board was moved")
      }
    }
    if let own = try writer.deviceTPM(of: device.id, in: organization) {
      guard own.endorsementKeyHash == residence.endorsementKeyHash else {
        throw Refusal(
          .conflict, "this device has another TPM",
          hint: "replace the device, if its board was: touchmark device replace")
      }
    }
    try writer.pin(
      DeviceTPMRecord(
        endorsementKeyHash: residence.endorsementKeyHash, device: device.id, attestationKey: residence.attestationKey,
        manufacturer: residence.manufacturer, pinnedAt: issuance.at, pinnedBy: issuance.applicant.principal),
      in: organization)
  }
}

import Registry
import WireFormats

extension Decision {
  /// Profiles, lot and count stand in its record; enrolling and renewing follow the rules that hold for grants and for
  /// the devices themselves.
  static func checkRegistrationAuthority(
    _ record: AdministratorRecord, renewing parent: CertificateRecord?, _ applicant: Applicant,
    in context: DecisionContext
  ) throws(Refusal) {
    try require(.registrationAuthority, context.profile)
    guard record.profiles.contains(context.profile.name) else {
      throw Refusal(
        .forbidden, "this registration authority does not ask for profile \(context.profile.name)",
        hint: "it asks for " + record.profiles.map(\.rawValue).joined(separator: ", "))
    }
    guard record.uses.map({ record.issued < $0 }) ?? true else { throw registrationAuthorityExhausted }
    try checkLot(of: record, applicant.device)
    if let parent {
      return try checkRenewal(of: parent, applicant.device, by: .registrationAuthority, in: context)
    }
    guard context.profile.keepsDevice, let device = applicant.device else { return }
    guard device.state != .active, applicant.certificates.isEmpty, !applicant.isCertified else {
      throw Refusal(
        .conflict, "the device has a certificate already", hint: "a registration authority renews it (simplereenroll)")
    }
    guard device.profile == context.profile.name else {
      throw Refusal(.forbidden, "the device is registered for profile \(device.profile)")
    }
  }

  /// A device that it brings in is of its lot by that.
  static func checkLot(of record: AdministratorRecord, _ device: DeviceRecord?) throws(Refusal) {
    guard let device, let lot = record.lot, device.lot != lot else { return }
    throw Refusal(.forbidden, "the device is not of this registration authority's lot")
  }

  static let registrationAuthorityExhausted = Refusal(
    .exhausted, "the registration authority's count is used up",
    hint: "an administrator appoints it again: touchmark admin add NAME --role registration-authority …")
}

import Credentials
import Registry
import WireFormats

extension Resolver {
  /// A device whose key is known here shows its serial alone; that it holds the key, the request's signature has proved.
  /// A known key is used up by its first certificate, as a secret is.
  func byKey(serial: String) throws -> Resolution {
    guard let known = try reader.deviceKey(hash: keyHash, in: organization),
      let device = try reader.device(known.device, in: organization), device.serial == serial
    else { throw Self.wrongSecret }
    guard !request.isRenewal else { throw Refusal(.unauthenticated, "a renewal needs the device's certificate") }
    try Decision.checkStanding(device, renewing: false)
    let earlier = known.usedAt == nil ? nil : try usedCertificate(known.usedAuthority, known.usedCertificate)
    let applicant = Applicant(right: .key(known), device: device, certificates: try current(of: device.id))
    return try resolution(applicant, profile: request.label ?? device.profile, earlier: earlier)
  }
}

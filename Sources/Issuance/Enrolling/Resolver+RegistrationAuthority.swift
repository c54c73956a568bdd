import Credentials
import Registry
import WireFormats

/// A registration authority asks for others: a gateway for the devices behind it. Its right is its record (TRUST.md,
/// Enrollment); what its certificate says of its purpose decides nothing.
extension Resolver {
  func byRegistrationAuthority(_ actor: Actor) throws -> Resolution {
    guard let record = try reader.administrator(fingerprint: actor.fingerprint, in: organization),
      record.isRegistrationAuthority
    else { throw Refusal(.forbidden, "this certificate is no registration authority's") }
    return try byRegistrationAuthority(record)
  }

  func byRegistrationAuthority(_ record: AdministratorRecord) throws -> Resolution {
    try record.actor.checkStanding(in: reader, of: organization, at: now)
    try checkStatedSerial()
    guard let serial = request.namedSerial else {
      throw .policy("subject", "the request must name the device's serial (serialNumber or CN)") as Refusal
    }
    let device = try reader.device(serial: serial, manufacturer: "", in: organization)
    if let device { try Decision.checkStanding(device, renewing: request.isRenewal) }
    let profile = try self.profile(of: record, device)
    let certificates = try device.map { try reader.certificates(of: $0.id, notExpiredAt: nil, in: organization) } ?? []
    let parent = request.isRenewal ? try self.parent(among: certificates, profile: profile) : nil
    let applicant = Applicant(
      right: .registrationAuthority(record, renewing: parent), device: device,
      certificates: certificates.filter { $0.status == .good && now <= $0.notAfter },
      isCertified: !certificates.isEmpty, serial: serial)
    return try resolution(
      applicant, profile: profile, earlier: earlier(by: record, among: applicant.certificates, profile: profile))
  }

  /// The label, the device's own, or the one that it asks for.
  private func profile(of record: AdministratorRecord, _ device: DeviceRecord?) throws(Refusal) -> ProfileName {
    if let label = request.label { return label }
    if let device { return device.profile }
    guard record.profiles.count == 1, let only = record.profiles.first else {
      throw Refusal(
        .badRequest, "say which profile",
        hint: "this registration authority asks for " + record.profiles.map(\.rawValue).joined(separator: ", "))
    }
    return only
  }

  /// What is renewed: the device's last certificate of this profile, which may have expired.
  private func parent(
    among certificates: [CertificateRecord], profile: ProfileName
  ) throws -> CertificateRecord {
    guard let last = certificates.filter({ $0.profile == profile }).max(by: { $0.issuedAt < $1.issuedAt }) else {
      throw Refusal(.conflict, "the device has no certificate of profile \(profile) to renew")
    }
    try checkStanding(of: last)
    // An answer that was lost is the last certificate itself: it repeats its own names.
    try checkSameNames(as: last)
    return last
  }

  /// An answer that was lost: the same key, asked for in the same way by the same authority, and still fresh.
  func earlier(
    by record: AdministratorRecord, among certificates: [CertificateRecord], profile: ProfileName
  ) -> CertificateRecord? {
    certificates.last {
      $0.keyHash == keyHash && $0.profile == profile && $0.principal == record.principal
        && ($0.parentFingerprint != nil) == request.isRenewal && isFresh($0)
    }
  }
}

extension AdministratorRecord {
  var isRegistrationAuthority: Bool { role == .registrationAuthority && removedAt == nil }

  /// As records and log name it.
  var principal: String { "\(role.rawValue):\(name)" }

  var actor: Actor { Actor(name: name, role: Actor.Role(role), fingerprint: fingerprint) }
}

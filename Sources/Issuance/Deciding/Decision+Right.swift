import Credentials
import Registry
import WireFormats

extension Decision {
  /// Does what the applicant showed allow this profile, now?
  static func checkRight(_ applicant: Applicant, in context: DecisionContext) throws(Refusal) {
    switch applicant.right {
    case .secret(let secret): try checkSecret(secret, in: context)
    case .grant(let grant): try checkGrant(grant, applicant, in: context)
    case .key: try checkKey(applicant, in: context)
    case .certificate(let certificate): try checkCertificate(certificate, of: applicant.device, in: context)
    case .manufacturer(let anchor, let serial): try checkManufacturer(anchor, serial, in: context)
    case .administrator(let actor): try checkAdministrator(actor, in: context)
    case .registrationAuthority(let record, let parent):
      try checkRegistrationAuthority(record, renewing: parent, applicant, in: context)
    case .challenge: try require(.challenge, context.profile)
    }
  }

  static func require(_ proof: Profile.Proof, _ profile: Profile) throws(Refusal) {
    guard profile.proofs.contains(proof) else {
      throw .policy("ask", "profile \(profile.name) is not given for a \(proof.rawValue)")
    }
  }

  private static func checkSecret(
    _ secret: EnrollmentSecretRecord, in context: DecisionContext
  ) throws(Refusal) {
    try require(.secret, context.profile)
    guard secret.profile == context.profile.name else {
      throw Refusal(.forbidden, "this secret is for profile \(secret.profile)")
    }
    guard secret.voidedAt == nil else { throw Refusal(.unauthenticated, "the secret is not valid") }
    guard context.now < secret.expiresAt else {
      throw Refusal(.expired, "the secret has expired", hint: "touchmark device invite makes a new one")
    }
  }

  private static func checkGrant(
    _ grant: GrantRecord, _ applicant: Applicant, in context: DecisionContext
  ) throws(Refusal) {
    try require(.grant, context.profile)
    guard grant.profile == context.profile.name else {
      throw Refusal(.forbidden, "this grant is for profile \(grant.profile)")
    }
    guard grant.revokedAt == nil else { throw Refusal(.revoked, "the grant is revoked") }
    guard context.now < grant.expiresAt else { throw Refusal(.expired, "the grant has expired") }
    guard grant.closedAt == nil else {
      throw Refusal(
        .forbidden, "the grant is closed since a restore",
        hint: "an operator opens it: touchmark grant reopen \(grant.name)")
    }
    guard grant.issued < grant.uses else { throw Refusal(.exhausted, "the grant is used up") }
    guard context.profile.keepsDevice, let device = applicant.device else { return }
    // TRUST.md, Enrollment: only a device that has no certificate, and never one that is active. A revoked one counts: a
    // restore may know nothing of its device but that.
    guard device.state != .active, applicant.certificates.isEmpty, !applicant.isCertified else {
      throw Refusal(.conflict, "the device has a certificate already; a grant enrolls only new devices")
    }
    guard grant.lot == nil || device.lot == grant.lot else {
      throw Refusal(.forbidden, "the device is not of the grant's lot")
    }
    guard device.profile == grant.profile else {
      throw Refusal(.forbidden, "the device is registered for profile \(device.profile)")
    }
  }

  private static func checkKey(_ applicant: Applicant, in context: DecisionContext) throws(Refusal) {
    try require(.key, context.profile)
    guard let device = applicant.device, device.profile == context.profile.name else {
      throw Refusal(.forbidden, "this key is known for another profile")
    }
  }

  private static func checkCertificate(
    _ certificate: CertificateRecord, of device: DeviceRecord?, in context: DecisionContext
  ) throws(Refusal) {
    guard certificate.profile == context.profile.name else {
      return try checkEnrollingCertificate(certificate, in: context)
    }
    try checkRenewal(of: certificate, device, by: .certificate, in: context)
  }

  /// Whoever asks for it.
  static func checkRenewal(
    of certificate: CertificateRecord, _ device: DeviceRecord?, by proof: Profile.Proof, in context: DecisionContext
  ) throws(Refusal) {
    let profile = context.profile
    guard profile.renewal.allowed else {
      throw .policy("renewal", "certificates of profile \(profile.name) are never renewed")
    }
    try require(proof, profile)
    guard context.now >= certificate.notBefore else { throw Refusal(.forbidden, "the certificate is not valid yet") }
    guard context.now <= certificate.notAfter + profile.renewal.grace || isReadmitted(device, at: context.now) else {
      throw Refusal(
        .expired, "the certificate expired longer ago than profile \(profile.name) forgives",
        hint: "an operator can let it renew: touchmark device readmit \(device?.serial ?? "SERIAL") --for 48h")
    }
    guard context.isRenewal || context.now <= certificate.notAfter else {
      throw Refusal(.expired, "an expired certificate can renew and do nothing else")
    }
    guard profile.renewal.early || context.now >= certificate.notAfter - profile.renewal.window else {
      throw .policy(
        "renewal", "it is too early: profile \(profile.name) renews \(profile.renewal.window) before the end")
    }
  }

  /// TRUST.md, Enrollment: after grace an operator readmits the device for a time.
  private static func isReadmitted(_ device: DeviceRecord?, at now: Instant) -> Bool {
    device?.readmittedUntil.map { now <= $0 } ?? false
  }

  /// An IDevID enrolls for an operational certificate. It never renews, and never works after its end.
  private static func checkEnrollingCertificate(
    _ certificate: CertificateRecord, in context: DecisionContext
  ) throws(Refusal) {
    guard context.profile.enrollFrom.contains(certificate.profile), !context.isRenewal else {
      throw Refusal(
        .forbidden, "a certificate of profile \(certificate.profile) does not get one of \(context.profile.name)")
    }
    try require(.certificate, context.profile)
    guard context.now <= certificate.notAfter else { throw Refusal(.expired, "the certificate has expired") }
  }

  private static func checkManufacturer(
    _ anchor: TrustAnchorRecord, _ serial: String, in context: DecisionContext
  ) throws(Refusal) {
    try require(.manufacturer, context.profile)
    guard anchor.profiles.contains(context.profile.name) else {
      throw Refusal(.forbidden, "devices of \(anchor.name) do not get profile \(context.profile.name)")
    }
    guard !context.isRenewal else { throw Refusal(.forbidden, "a manufacturer's certificate is not renewed here") }
    guard serial.hasPrefix(anchor.serialPrefix ?? "") else {
      throw Refusal(.forbidden, "the serial is outside of what \(anchor.name) may name")
    }
  }

  private static func checkAdministrator(_ actor: Actor, in context: DecisionContext) throws(Refusal) {
    try require(.administrator, context.profile)
    switch actor.role {
    case .administrator, .operator: return
    case .station:
      throw Refusal(
        .forbidden, "a station enrolls only under a grant", hint: "touchmark device enroll SERIAL --grant NAME …")
    case .auditor, .registrationAuthority:
      throw Refusal(.forbidden, "the role \(actor.role.rawValue) does not sign requests")
    }
  }
}

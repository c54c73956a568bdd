import Credentials
import Registry
import WireFormats

/// What was decided: the names and times that a certificate will carry.
public struct Decision: Sendable {
  public let profile: Profile
  /// The subject's serial, or its name where the profile keeps no device.
  public let subjectSerial: String
  public let subject: DistinguishedName
  public let subjectAlternativeNames: [GeneralName]
  public let notBefore: Instant
  public let notAfter: Instant
}

/// What deciding reads besides request and applicant.
public struct DecisionContext: Sendable {
  public let profile: Profile
  public let organization: String
  public let addresses: Addresses
  public let authorityNotAfter: Instant
  public let now: Instant
  public let door: Door
  public let isRenewal: Bool
  public let isKeyFromServer: Bool
  /// What a TPM said of the request's key.
  public let residence: KeyResidence?
  /// Whether the device's TPM showed earlier that the request's key lives in it.
  public let isKeyShown: Bool

  public init(
    profile: Profile, organization: String, addresses: Addresses, authorityNotAfter: Instant, now: Instant, door: Door,
    isRenewal: Bool, isKeyFromServer: Bool = false, residence: KeyResidence? = nil, isKeyShown: Bool = false
  ) {
    self.profile = profile
    self.organization = organization
    self.addresses = addresses
    self.authorityNotAfter = authorityNotAfter
    self.now = now
    self.door = door
    self.isRenewal = isRenewal
    self.isKeyFromServer = isKeyFromServer
    self.residence = residence
    self.isKeyShown = isKeyShown
  }
}

extension Decision {
  /// May they? A pure function of request, applicant, profile and time.
  ///
  /// - Throws: the refusal, with the rule's name where the profile forbids it.
  public static func decide(
    _ request: RequestedCertificate, by applicant: Applicant, in context: DecisionContext
  ) throws(Refusal) -> Decision {
    let profile = context.profile
    try checkDoor(context)
    guard profile.allowsServerKeys || !context.isKeyFromServer else {
      throw .policy(serverKeyRule, "profile \(profile.name) wants keys that devices made themselves")
    }
    try checkRight(applicant, in: context)
    if let device = applicant.device { try checkStanding(device, renewing: context.isRenewal) }
    try RequestRules.check(request, against: profile)
    try KeyResidence.check(request.publicKey, in: context)
    let serial = try subjectSerial(request, applicant, profile)
    let names = try SubjectNames.decide(
      request, serial: serial, device: applicant.device, parent: parent(of: applicant, profile), in: context)
    let lifetime = lifetime(in: context)
    return Decision(
      profile: profile, subjectSerial: serial, subject: names.subject,
      subjectAlternativeNames: names.alternativeNames, notBefore: lifetime.notBefore, notAfter: lifetime.notAfter)
  }

  /// For a PKCS#10 request.
  public static func decide(
    _ request: CertificationRequest, by applicant: Applicant, in context: DecisionContext
  ) throws(Refusal) -> Decision { try decide(request.requested, by: applicant, in: context) }

  /// The certificate that a renewal within its profile replaces.
  private static func parent(of applicant: Applicant, _ profile: Profile) -> Certificate? {
    guard let record = applicant.parent, record.profile == profile.name else { return nil }
    return try? Certificate(parsing: record.encoded)
  }

  /// The rule by which keys are made on devices alone.
  static let serverKeyRule = "server-key-generation"

  private static func checkDoor(_ context: DecisionContext) throws(Refusal) {
    let profile = context.profile
    guard profile.doors.contains(context.door) else {
      throw .policy("protocols", "profile \(profile.name) is not offered over \(context.door.rawValue)")
    }
    guard !(context.addresses.isDemonstration && profile.outlivesDemonstration) else {
      throw Refusal(
        .policy, "profile \(profile.name) outlives 90 days, and this installation has no public address",
        rule: "public-http", hint: "make the installation with --public-http, the address that verifiers will reach")
    }
  }

  private static func lifetime(in context: DecisionContext) -> (notBefore: Instant, notAfter: Instant) {
    let now = context.now.wholeSecond
    // Nothing outlives its issuer.
    let notAfter = min(context.profile.notAfter(from: now), context.authorityNotAfter)
    return (now - context.profile.backdate, notAfter)
  }

  /// TRUST.md, Standing: while suspended or retired every door is refused.
  package static func checkStanding(_ device: DeviceRecord, renewing: Bool) throws(Refusal) {
    switch device.state {
    case .suspended: throw Refusal(.suspended, "the device is suspended", hint: "an operator can resume it")
    case .retired: throw Refusal(.retired, "the device is retired")
    case .registered, .active: return
    }
  }

  private static func subjectSerial(
    _ request: RequestedCertificate, _ applicant: Applicant, _ profile: Profile
  ) throws(Refusal) -> String {
    if let device = applicant.device { return device.serial }
    if case .manufacturer(_, let serial) = applicant.right { return serial }
    let named = applicant.serial ?? SubjectNames.requestedSerial(request)
    if !profile.keepsDevice { return named ?? "" }
    guard let serial = named else {
      throw .policy("subject", "the request's subject must name the device's serial (serialNumber or CN)")
    }
    guard DeviceRecord.isValidSerial(serial) else {
      throw .policy("subject", "a serial is 1 to 64 characters of PrintableString")
    }
    return serial
  }
}

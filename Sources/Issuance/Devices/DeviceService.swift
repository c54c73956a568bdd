import Registry
import WireFormats

/// Acts on devices, each a value that `Administration` runs: registering, inviting, standing, replacement.
public struct DeviceService: Sendable {
  /// How long a device's secret lives when nobody says otherwise.
  let secretLifetime: Span
  /// No secret is given out for longer.
  static let longestSecretLifetime = Span.days(365)

  /// Seals the secrets that a door must know; nil where none is made.
  let sealing: SecretSealing?

  public init(secretLifetime: Span = .days(7), sealing: SecretSealing? = nil) {
    self.secretLifetime = secretLifetime
    self.sealing = sealing
  }

  /// Registers a device and makes its first secret.
  ///
  /// - Parameter forMAC: the secret is sealed beside its digest, for doors that check a MAC with it.
  public func add(
    _ registration: DeviceRegistration, expiresIn: Span? = nil, forMAC: Bool = false
  ) -> AdministrativeAct<InvitedDevice> {
    AdministrativeAct("device.add", on: "serial:\(registration.serial)") { context in
      let device = try register(registration, replacing: nil, in: context)
      let invited = try makeSecret(for: device, expiresIn: expiresIn, forMAC: forMAC, in: context)
      try context.record(
        "device.add", subject: device.auditSubject, details: Self.details(of: device, secret: invited))
      return invited
    }
  }

  /// Makes a new secret; earlier ones that were not used are void.
  public func invite(
    _ reference: DeviceReference, expiresIn: Span? = nil, forMAC: Bool = false
  ) -> AdministrativeAct<InvitedDevice> {
    AdministrativeAct("device.invite", on: reference.subject) { context in
      let device = try reference.find(in: context.organization, of: context.writer)
      let (invited, voided) = try renewSecret(of: device, expiresIn: expiresIn, forMAC: forMAC, in: context)
      var details = Self.details(of: device, secret: invited)
      details["voided_secrets"] = "\(voided)"
      try context.record("device.invite", subject: device.auditSubject, details: details)
      return invited
    }
  }

  /// Without the audit entry, which one act on many devices writes for all of them. A refusal has written nothing.
  func renewSecret(
    of device: DeviceRecord, expiresIn: Span?, forMAC: Bool = false, in context: ActContext
  ) throws -> (invited: InvitedDevice, voided: Int) {
    guard device.state == .registered || device.state == .active else {
      throw Refusal(.conflict, "the device is \(device.state.rawValue); no secret is made for it")
    }
    try Self.checkSecretLifetime(expiresIn ?? secretLifetime)
    let voided = try context.writer.voidEnrollmentSecrets(of: device.id, at: context.now, in: context.organization)
    return (try makeSecret(for: device, expiresIn: expiresIn, forMAC: forMAC, in: context), voided)
  }

  static func checkSecretLifetime(_ lifetime: Span) throws {
    guard lifetime >= .seconds(1), lifetime <= longestSecretLifetime else {
      throw Refusal(.badRequest, "a secret lives between 1s and \(longestSecretLifetime)")
    }
  }

  func register(
    _ registration: DeviceRegistration, replacing old: DeviceRecord?, in context: ActContext
  ) throws -> DeviceRecord {
    try registration.validate()
    let profile = try Self.profile(named: registration.profile, in: context)
    try checkFree(registration, in: context)
    return try insert(registration, under: profile, replacing: old, in: context)
  }

  /// What was checked.
  func insert(
    _ registration: DeviceRegistration, under profile: ProfileName, replacing old: DeviceRecord?, in context: ActContext
  ) throws -> DeviceRecord {
    var random = SystemRandomNumberGenerator()
    let device = DeviceRecord(
      id: DeviceID(at: context.now, random: &random), organization: context.organization,
      manufacturer: registration.manufacturer, serial: registration.serial, kind: registration.kind, profile: profile,
      product: registration.product, hardwareRevision: registration.hardwareRevision, lot: registration.lot,
      labels: registration.labels, registeredAt: context.now, registeredBy: context.actor.name, replaces: old?.id)
    try context.writer.insert(device)
    return device
  }

  static func profile(named name: String, in context: ActContext) throws -> ProfileName {
    guard let name = ProfileName(rawValue: name), try context.writer.profile(name, in: context.organization) != nil
    else { throw Refusal(.notFound, "no profile has this name", hint: "touchmark profile list shows them") }
    return name
  }

  private func checkFree(_ registration: DeviceRegistration, in context: ActContext) throws {
    let taken = try context.writer.device(
      serial: registration.serial, manufacturer: registration.manufacturer, in: context.organization)
    guard taken == nil else {
      throw Refusal(
        .conflict, "a device with this serial is registered already", hint: "touchmark device invite makes a new secret"
      )
    }
    try checkNoGrant(registration, in: context)
  }

  /// A door tells devices from grants by the user name alone.
  func checkNoGrant(_ registration: DeviceRegistration, in context: ActContext) throws {
    if let name = GrantName(rawValue: registration.serial),
      try context.writer.grant(name, in: context.organization) != nil
    {
      throw Refusal(.conflict, "a grant has this name; a device needs another serial")
    }
  }

  func makeSecret(
    for device: DeviceRecord, expiresIn: Span?, forMAC: Bool = false, in context: ActContext
  ) throws -> InvitedDevice {
    let lifetime = expiresIn ?? secretLifetime
    try Self.checkSecretLifetime(lifetime)
    let secret = EnrollmentSecret()
    let expires = context.now + lifetime
    try context.writer.insert(
      EnrollmentSecretRecord(
        device: device.id, secretHash: secret.hash, profile: device.profile, expiresAt: expires,
        createdAt: context.now, sealed: forMAC ? try sealing.sealed(secret, of: .device(device.id)) : nil),
      in: context.organization)
    return InvitedDevice(device: device, secret: secret, expiresAt: expires, isForMAC: forMAC)
  }

  static func details(of device: DeviceRecord, secret: InvitedDevice? = nil) -> [String: String] {
    var details = ["serial": device.serial, "profile": device.profile.rawValue]
    if !device.manufacturer.isEmpty { details["manufacturer"] = device.manufacturer }
    if let secret { details["secret_expires"] = "\(secret.expiresAt)" }
    if secret?.isForMAC == true { details["secret_for"] = "mac" }
    return details
  }
}

/// A device with a secret that is shown this once.
public struct InvitedDevice: Sendable {
  public let device: DeviceRecord
  public let secret: EnrollmentSecret
  public let expiresAt: Instant
  /// Whether it is sealed beside its digest.
  let isForMAC: Bool
}

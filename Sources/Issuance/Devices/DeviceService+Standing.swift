import Credentials
import Registry
import WireFormats

/// TRUST.md, Standing.
extension DeviceService {
  /// Puts a device's certificates on hold, and only those in good standing. Its secrets and every door are refused from
  /// then on, by its state.
  public func suspend(
    _ reference: DeviceReference, reason: String?
  ) -> AdministrativeAct<StandingChanged> {
    AdministrativeAct("device.suspend", on: reference.subject) { context in
      try RecordText.checkReason(reason)
      let device = try reference.find(in: context.organization, of: context.writer)
      let (suspended, held) = try Self.suspend(device, reason: reason, in: context)
      return try Self.finish("device.suspend", suspended, reason: reason, touched: held, in: context)
    }
  }

  /// Without the audit entry, which one act on many devices writes for all of them. A refusal has written nothing.
  static func suspend(
    _ old: DeviceRecord, reason: String?, in context: ActContext
  ) throws -> (device: DeviceRecord, held: [CertificateRecord]) {
    switch old.state {
    case .suspended: throw Refusal(.conflict, "the device is suspended already")
    case .retired: throw Refusal(.conflict, "the device is retired")
    case .registered, .active: break
    }
    var device = old
    let certificates = try current(of: device, in: context)
    let at = momentOfHold(certificates, now: context.now)
    device.stand(.suspended, reason: reason, by: context.actor, at: at)
    try context.writer.update(device)
    let good = certificates.filter { $0.status == .good }
    for certificate in good {
      try context.writer.setStatus(
        .held, revokedAt: at, reason: .certificateHold, ofSerial: certificate.serial,
        authority: certificate.authority, in: context.organization)
    }
    return (device, good)
  }

  /// Lifts the hold that the suspension set, and no other.
  public func resume(_ reference: DeviceReference, reason: String?) -> AdministrativeAct<StandingChanged> {
    AdministrativeAct("device.resume", on: reference.subject) { context in
      try RecordText.checkReason(reason)
      let device = try reference.find(in: context.organization, of: context.writer)
      let (resumed, released) = try Self.resume(device, reason: reason, in: context)
      return try Self.finish("device.resume", resumed, reason: reason, touched: released, in: context)
    }
  }

  /// Without the audit entry. A refusal has written nothing.
  static func resume(
    _ old: DeviceRecord, reason: String?, in context: ActContext
  ) throws -> (device: DeviceRecord, released: [CertificateRecord]) {
    guard old.state == .suspended else {
      throw Refusal(.conflict, "the device is not suspended but \(old.state.rawValue)")
    }
    var device = old
    let all = try context.writer.certificates(of: device.id, notExpiredAt: nil, in: context.organization)
    // A hold that somebody set on one certificate, before or since, has another moment and stays.
    let held = all.filter { $0.status == .held && $0.revokedAt == old.stateAt }
    for certificate in held {
      try context.writer.setStatus(
        .good, revokedAt: nil, reason: nil, ofSerial: certificate.serial, authority: certificate.authority,
        in: context.organization)
    }
    device.stand(all.isEmpty ? .registered : .active, reason: reason, by: context.actor, at: context.now)
    try context.writer.update(device)
    return (device, held)
  }

  /// Lets a device's expired certificate renew, and do nothing else, although its profile's grace is over.
  ///
  /// - Throws: `conflict` for a device that is suspended or retired, or that has no certificate which could renew.
  public func readmit(
    _ reference: DeviceReference, for span: Span, reason: String?
  ) -> AdministrativeAct<StandingChanged> {
    AdministrativeAct("device.readmit", on: reference.subject) { context in
      try RecordText.checkReason(reason)
      try Self.checkReadmission(span)
      let device = try Self.readmit(
        try reference.find(in: context.organization, of: context.writer), for: span, in: context)
      return try Self.finish(
        "device.readmit", device, reason: reason, touched: [], in: context,
        more: ["until": "\(context.now + span)"])
    }
  }

  static func checkReadmission(_ span: Span) throws {
    guard span >= .minutes(1), span <= longestReadmission else {
      throw Refusal(.badRequest, "a device is readmitted for between 1m and \(longestReadmission)")
    }
  }

  /// Without the audit entry. A refusal has written nothing.
  static func readmit(_ old: DeviceRecord, for span: Span, in context: ActContext) throws -> DeviceRecord {
    guard old.state == .registered || old.state == .active else {
      throw Refusal(.conflict, "the device is \(old.state.rawValue); it is not readmitted")
    }
    let all = try context.writer.certificates(of: old.id, notExpiredAt: nil, in: context.organization)
    let lineage = Lineage(all)
    guard all.contains(where: { $0.status == .good && lineage.revocation(ending: $0) == nil }) else {
      throw Refusal(
        .conflict, "the device has no certificate that could renew",
        hint: "touchmark device invite makes a new secret")
    }
    var device = old
    device.readmittedUntil = context.now + span
    try context.writer.update(device)
    return device
  }

  /// Longer is another certificate's business: the device is invited.
  static let longestReadmission = Span.days(30)

  /// Ends a device for good. Its certificates are revoked as cessationOfOperation unless a graver reason stands.
  public func retire(_ reference: DeviceReference, reason: String?) -> AdministrativeAct<StandingChanged> {
    AdministrativeAct("device.retire", on: reference.subject) { context in
      try RecordText.checkReason(reason)
      let device = try reference.find(in: context.organization, of: context.writer)
      let (retired, revoked) = try Self.retire(device, reason: reason, in: context)
      return try Self.finish("device.retire", retired, reason: reason, touched: revoked, in: context)
    }
  }

  /// Without the audit entry, which differs between retirement and replacement.
  static func retire(
    _ old: DeviceRecord, reason: String?, in context: ActContext
  ) throws -> (device: DeviceRecord, revoked: [CertificateRecord]) {
    guard old.state != .retired else { throw Refusal(.conflict, "the device is retired already") }
    var device = old
    device.stand(.retired, reason: reason, by: context.actor, at: context.now)
    try context.writer.update(device)
    try context.writer.voidEnrollmentSecrets(of: device.id, at: context.now, in: context.organization)
    let certificates = try current(of: device, in: context).filter { !$0.isRevokedAsGravely }
    for certificate in certificates {
      // A revocation keeps its moment; a hold becomes one now.
      let since = certificate.status == .revoked ? certificate.revokedAt ?? context.now : context.now
      try context.writer.setStatus(
        .revoked, revokedAt: since, reason: .cessationOfOperation, ofSerial: certificate.serial,
        authority: certificate.authority, in: context.organization)
    }
    return (device, certificates)
  }

  /// One moment marks all holds of a suspension, and no hold that is there already.
  private static func momentOfHold(_ certificates: [CertificateRecord], now: Instant) -> Instant {
    let held = Set(certificates.filter { $0.status == .held }.compactMap(\.revokedAt))
    var moment = now
    while held.contains(moment) { moment = moment + Span(milliseconds: 1) }
    return moment
  }

  private static func current(of device: DeviceRecord, in context: ActContext) throws -> [CertificateRecord] {
    try context.writer.certificates(of: device.id, notExpiredAt: context.now, in: context.organization)
  }

  static func finish(
    _ act: String, _ device: DeviceRecord, reason: String?, touched: [CertificateRecord], in context: ActContext,
    more: [String: String] = [:]
  ) throws -> StandingChanged {
    let unannounced = touched.filter(\.saysNoRevocation)
    var details = details(of: device).merging(more) { _, more in more }
    details["certificates"] = touched.map(\.serial.description).joined(separator: " ")
    if !unannounced.isEmpty { details["verifiers_accept"] = unannounced.map(\.livesOn).joined(separator: ", ") }
    try context.record(act, subject: device.auditSubject, reason: reason, details: details)
    return StandingChanged(device: device, certificates: touched, unannounced: unannounced)
  }
}

/// What a change of standing did.
public struct StandingChanged: Sendable {
  public let device: DeviceRecord
  /// Those that it held, released or revoked.
  public let certificates: [CertificateRecord]
  /// Of those, the ones whose verifiers never ask (RFC 9608): they live on until they expire.
  public let unannounced: [CertificateRecord]
}

extension DeviceRecord {
  fileprivate mutating func stand(_ state: State, reason: String?, by actor: Actor, at instant: Instant) {
    self.state = state
    stateReason = reason
    stateBy = actor.name
    stateAt = instant
  }
}

extension [UInt8] {
  fileprivate func holds(_ part: [UInt8]) -> Bool {
    guard let first = part.first, count >= part.count else { return false }
    return (0...count - part.count).contains { self[$0] == first && self[$0..<$0 + part.count].elementsEqual(part) }
  }
}

extension CertificateRecord {
  /// RFC 9608 §2: the certificate says that no revocation information will be available.
  var saysNoRevocation: Bool {
    // Most never name it, and are not parsed for that.
    guard encoded.holds(Self.noRevAvail), let certificate = try? Certificate(parsing: encoded) else { return false }
    return certificate.extensions.contains { $0.identifier == ExtensionID.noRevAvail }
  }

  /// id-ce-noRevAvail, 2.5.29.56, as DER.
  static let noRevAvail: [UInt8] = [0x06, 0x03, 0x55, 0x1D, 0x38]

  var livesOn: String { "\(serial) until \(notAfter)" }

  /// Whether retiring has nothing to add: what its reason says weighs as much as the end of operation, or more.
  fileprivate var isRevokedAsGravely: Bool {
    guard status == .revoked else { return false }
    switch reason {
    case nil, .unspecified, .affiliationChanged, .superseded, .certificateHold, .removeFromCRL: return false
    case .keyCompromise, .cACompromise, .cessationOfOperation, .privilegeWithdrawn, .aACompromise: return true
    }
  }
}

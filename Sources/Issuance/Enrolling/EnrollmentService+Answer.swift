import AuditLog
import Credentials
import Registry
import WireFormats

extension EnrollmentService {
  /// Gives a certificate again whose answer was lost. It counts once; what a device sees is what it would have seen.
  func answerAgain(
    _ earlier: CertificateRecord, to request: EnrollmentRequest, _ resolution: Resolution
  ) async throws(Refusal) -> Issued {
    guard let authority = authorities.authority(earlier.authority) else {
      throw Refusal(.unavailable, "the authority that issued it is not here")
    }
    try checkRepeat(of: earlier, request, resolution)
    let organization = organization
    let applicant = resolution.applicant
    let entry = AuditEntry(
      at: now(), actor: applicant.principal, door: request.door.rawValue, act: "certificate.answer-again",
      subject: Recorder.subject(applicant.device, or: earlier.serial), outcome: "ok", reason: nil,
      details: ["serial_number": earlier.serial.description, "address": request.address])
    do {
      try await store.write { writer in
        if case .grant(let grant) = applicant.right { try writer.count(.repeated, of: grant.name, in: organization) }
        try writer.append(entry, in: organization)
      }
    } catch {
      throw Refusal.from(error)
    }
    return answer(
      Recorded(certificate: earlier.encoded, serial: earlier.serial, repeated: true), authority: authority,
      profile: earlier.profile)
  }

  /// A repeated answer is no way around the profile: same door, same profile, and no other names than were given.
  private func checkRepeat(
    of earlier: CertificateRecord, _ request: EnrollmentRequest, _ resolution: Resolution
  ) throws(Refusal) {
    let profile = try catalog.prepare(resolution.profile).profile
    guard profile.doors.contains(request.door) else {
      throw .policy("protocols", "profile \(profile.name) is not offered over \(request.door.rawValue)")
    }
    guard earlier.profile == profile.name else {
      throw Refusal(.forbidden, "this was used for profile \(earlier.profile)")
    }
    guard let given = try? Certificate(parsing: earlier.encoded) else {
      throw Refusal(.unavailable, "the stored certificate cannot be read")
    }
    let asked = request.request
    guard SubjectNames.isRepeated(asked.subject, in: given.subject),
      Set(asked.subjectAlternativeNames).isSubset(of: given.subjectAlternativeNames)
    else { throw Refusal(.exhausted, "this was used, for a certificate with other names") }
  }

  /// Every refusal of somebody known goes into the log, and a grant counts it. Who is unknown leaves a log line alone,
  /// so that a stranger cannot fill the store.
  func recordRefusal(_ refusal: Refusal, of request: EnrollmentRequest, applicant: Applicant?) async {
    // That a system outside did not answer is part of the story; that our own store did not is not to be written there.
    let isAsked = refusal.rule == Profile.Authorization.rule
    // What waits has an entry of its own from the first time that it was asked.
    guard refusal.code != .pendingApproval else { return }
    guard refusal.code != .unavailable || isAsked, let subject = await refusedSubject(request, applicant: applicant)
    else {
      return
    }
    guard mayRecordRefusal(of: subject.subject, isProven: applicant != nil) else { return }
    let organization = organization
    var details = ["code": refusal.code.rawValue, "address": request.address]
    details["rule"] = refusal.rule
    if isAsked { details["authorize"] = refusal.detail }
    let entry = AuditEntry(
      at: now(), actor: subject.actor, door: request.door.rawValue, act: "certificate.issue", subject: subject.subject,
      outcome: "refused", reason: refusal.reason, details: details)
    // A store that cannot write has its own alarm; the client gets the refusal either way.
    _ = try? await store.write { (writer) throws -> Void in
      if let grant = subject.grant { try writer.count(.refused, of: grant, in: organization) }
      try writer.append(entry, in: organization)
    }
  }

  private typealias RefusedSubject = (actor: String, subject: String, grant: GrantName?)

  private func refusedSubject(_ request: EnrollmentRequest, applicant: Applicant?) async -> RefusedSubject? {
    if let applicant {
      var grant: GrantName?
      if case .grant(let record) = applicant.right { grant = record.name }
      return (applicant.principal, applicant.device.map { "device:\($0.id.rawValue)" } ?? applicant.principal, grant)
    }
    let organization = organization
    switch request.credential {
    case .secret(let name, _):
      return try? await store.read { reader in
        if let grantName = GrantName(rawValue: name), try reader.grant(grantName, in: organization) != nil {
          return ("grant:\(name)", "grant:\(name)", grantName)
        }
        return try reader.devices(serial: name, in: organization).first.map {
          ("device:\($0.id.rawValue)", "device:\($0.id.rawValue)", nil)
        }
      }
    case .certificate(let certificate, _):
      return await refusedCertificate(certificate)
    case .station(let actor, let grant, _):
      let name = "\(actor.role.rawValue):\(actor.name)"
      return (name, name, GrantName(rawValue: grant))
    case .bareSecret, .challenge:
      return nil
    case .administrator(let actor), .registrationAuthority(let actor):
      return ("\(actor.role.rawValue):\(actor.name)", "\(actor.role.rawValue):\(actor.name)", nil)
    }
  }

  private func refusedCertificate(_ certificate: [UInt8]) async -> RefusedSubject? {
    let organization = organization
    let fingerprint = Fingerprint.of(certificate)
    return try? await store.read { reader in
      guard let record = try reader.certificate(fingerprint: fingerprint, in: organization) else { return nil }
      let subject = record.device.map { "device:\($0.rawValue)" } ?? "certificate:\(record.serial)"
      return ("certificate:\(record.serial)", subject, nil)
    }
  }
}

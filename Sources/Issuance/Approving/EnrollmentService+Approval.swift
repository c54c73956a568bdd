import AuditLog
import Credentials
import Registry
import WireFormats

/// An operator's yes, under which something is issued.
struct ApprovedRequest: Sendable {
  let id: PendingRequestID
  /// As the log names them.
  let by: String
}

extension EnrollmentService {
  /// How long a request waits for an operator, and how long what was decided stands.
  static let approvalLifetime = Span.days(7)
  /// Undecided requests of one principal, and of all.
  static let mostPendingOfOne = 16
  static let mostPending = 10_000

  /// The approval under which this may be issued; nil where the profile asks for none.
  ///
  /// - Throws: `pendingApproval`, with the request that was recorded, until an operator has decided; `forbidden` with
  ///   the operator's reason; `throttled` when too many wait already.
  func approval(
    of request: EnrollmentRequest, _ applicant: Applicant, _ decision: Decision
  ) async throws(Refusal) -> ApprovedRequest? {
    guard Self.needsApproval(applicant, decision.profile) else { return nil }
    let asked = pendingRequest(request, applicant, decision)
    let time = now()
    do {
      let known = try await store.read { try $0.pendingRequest(digest: asked.digest, in: asked.organization) }
      if let known, known.expiresAt > time, known.state != .issued { return try Self.outcome(of: known, at: time) }
      let waiting = WaitingRequest(record: asked, device: applicant.device)
      let kept = try await store.write { try waiting.record(in: $0) }
      return try Self.outcome(of: kept, at: time)
    } catch {
      throw Refusal.from(error)
    }
  }

  /// A person with a role who asks here is the one who would approve; a renewal by its own certificate is waved through
  /// unless the profile says `always`.
  private static func needsApproval(_ applicant: Applicant, _ profile: Profile) -> Bool {
    guard let approval = profile.approval else { return false }
    if case .administrator = applicant.right { return false }
    return approval == .always || applicant.parent?.profile != profile.name
  }

  private static func outcome(of known: PendingRequestRecord, at time: Instant) throws(Refusal) -> ApprovedRequest? {
    switch known.state {
    case .approved, .issued:
      return ApprovedRequest(id: known.id, by: known.decidedBy ?? "")
    case .denied:
      let reason = known.reason.map { ": \($0)" } ?? ""
      throw Refusal(.forbidden, "an operator denied request \(known.id)\(reason)")
    case .pending:
      throw Refusal(
        .pendingApproval, "an operator has to approve request \(known.id) first",
        hint: "touchmark request approve \(known.id)",
        retryAfter: retryAfter(age: time - known.createdAt), pendingRequest: known.id)
    }
  }

  /// A minute at first; the longer it has waited, the less often it is worth asking.
  private static func retryAfter(age: Span) -> Int {
    Int(clamping: min(max(age.milliseconds / 10_000, 60), 3600))
  }

  private func pendingRequest(
    _ request: EnrollmentRequest, _ applicant: Applicant, _ decision: Decision
  ) -> PendingRequestRecord {
    var random = SystemRandomNumberGenerator()
    let time = now()
    return PendingRequestRecord(
      id: PendingRequestID(at: time, random: &random), organization: organization,
      digest: RequestDigest.of(request, applicant, decision.profile), profile: decision.profile.name,
      door: request.door.rawValue, principal: applicant.principal, serial: decision.subjectSerial,
      subject: decision.subject.description, keyHash: request.request.publicKey.keyHash,
      request: request.request.encoded, address: request.address, createdAt: time,
      expiresAt: time + Self.approvalLifetime)
  }
}

/// A request on its way into the list of those that wait.
private struct WaitingRequest: Sendable {
  let record: PendingRequestRecord
  let device: DeviceRecord?

  /// What is kept: this one, or the same that somebody recorded just now.
  func record(in writer: any StoreWriter) throws -> PendingRequestRecord {
    if let known = try writer.pendingRequest(digest: record.digest, in: record.organization) {
      if known.expiresAt > record.createdAt, known.state != .issued { return known }
      try writer.deletePendingRequest(known.id, in: record.organization)
    }
    try checkRoom(in: writer)
    try writer.insert(record)
    try writer.append(entry, in: record.organization)
    return record
  }

  private func checkRoom(in writer: any StoreWriter) throws {
    let own = try writer.countPendingRequests(of: record.principal, in: record.organization)
    guard own < EnrollmentService.mostPendingOfOne,
      try writer.countPendingRequests(of: nil, in: record.organization) < EnrollmentService.mostPending
    else {
      throw Refusal(
        .throttled, "too many requests wait for an operator already", hint: "touchmark request list", retryAfter: 3600)
    }
  }

  private var entry: AuditEntry {
    AuditEntry(
      at: record.createdAt, actor: record.principal, door: record.door, act: "request.add",
      subject: device?.auditSubject ?? record.auditSubject, outcome: "ok", reason: nil,
      details: record.details.merging(["address": record.address]) { own, _ in own })
  }
}

extension PendingRequestRecord {
  /// The subject of the audit entries of what operators do with it.
  public var auditSubject: String { "request:\(id.rawValue)" }

  var details: [String: String] {
    var details = [
      "request": id.rawValue, "profile": profile.rawValue, "principal": principal, "subject": subject,
      "digest": Hex.encode(digest),
    ]
    if !serial.isEmpty { details["serial"] = serial }
    return details
  }
}

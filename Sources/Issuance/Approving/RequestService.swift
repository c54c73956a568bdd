import Registry
import WireFormats

/// What operators do with requests that wait, each a value that `Administration` runs.
public struct RequestService: Sendable {
  public init() {}

  /// Lets the same request be answered with a certificate when it is asked again. All else is decided anew then: a device
  /// that was suspended meanwhile gets nothing.
  public func approve(_ id: String, reason: String? = nil) -> AdministrativeAct<PendingRequestRecord> {
    deciding("request.approve", id, as: .approved, reason: reason)
  }

  /// Refuses the request when it is asked again. The reason is shown to whoever asks.
  public func deny(_ id: String, reason: String? = nil) -> AdministrativeAct<PendingRequestRecord> {
    deciding("request.deny", id, as: .denied, reason: reason)
  }

  private func deciding(
    _ act: String, _ id: String, as state: PendingRequestRecord.State, reason: String?
  ) -> AdministrativeAct<PendingRequestRecord> {
    AdministrativeAct(act, on: "request:\(id)") { context in
      try RecordText.checkReason(reason)
      let known = try Self.decide(id, as: state, reason: reason, in: context)
      try context.record(act, subject: known.auditSubject, reason: reason, details: known.details)
      return try Self.find(id, in: context.organization, of: context.writer)
    }
  }

  /// Without the audit entry; the request as it was before. A refusal has written nothing.
  static func decide(
    _ id: String, as state: PendingRequestRecord.State, reason: String?, in context: ActContext
  ) throws -> PendingRequestRecord {
    let known = try find(id, in: context.organization, of: context.writer)
    guard known.expiresAt > context.now else { throw Refusal(.expired, "the request has expired") }
    guard known.state == .pending else { throw Refusal(.conflict, "the request is \(known.state.rawValue) already") }
    try context.writer.decidePendingRequest(
      known.id, as: state, by: "\(context.actor.role.rawValue):\(context.actor.name)", reason: reason,
      at: context.now, expiresAt: context.now + EnrollmentService.approvalLifetime, in: context.organization)
    return known
  }

  /// Throws `Refusal` `notFound`.
  public static func find(
    _ id: String, in organization: OrganizationID, of reader: some PendingRequestReading
  ) throws -> PendingRequestRecord {
    guard let id = PendingRequestID(rawValue: id), let known = try reader.pendingRequest(id, in: organization) else {
      throw Refusal(.notFound, "no request has this name", hint: "touchmark request list shows those that wait")
    }
    return known
  }
}

import Credentials
import Registry
import WireFormats

/// Something that can be done to many at once.
public enum BulkAct: Hashable, Sendable {
  case suspend(reason: String?)
  case resume(reason: String?)
  case retire(reason: String?)
  case move(profile: String, reason: String?)
  case label(LabelChange)
  case readmit(span: Span, reason: String?)
  /// Its secrets are shown once, to whoever fetches them: nothing is done to a member before.
  case invite(lifetime: Span?)
  case revoke(RevocationReason)
  case revokeGrants(reason: String?)
  case approve(reason: String?)
  case deny(reason: String?)

  /// Their names, as the audit log and the REST interface write them.
  public static let names = [
    "device.suspend", "device.resume", "device.retire", "device.move", "device.label", "device.readmit",
    "device.invite", "certificate.revoke", "grant.revoke", "request.approve", "request.deny",
  ]

  public var name: String {
    switch self {
    case .suspend: "device.suspend"
    case .resume: "device.resume"
    case .retire: "device.retire"
    case .move: "device.move"
    case .label: "device.label"
    case .readmit: "device.readmit"
    case .invite: "device.invite"
    case .revoke: "certificate.revoke"
    case .revokeGrants: "grant.revoke"
    case .approve: "request.approve"
    case .deny: "request.deny"
    }
  }

  public var subject: Selection.Subject {
    switch self {
    case .revoke: .certificates
    case .revokeGrants: .grants
    case .approve, .deny: .requests
    case .suspend, .resume, .retire, .move, .label, .readmit, .invite: .devices
    }
  }

  /// What a record keeps of it beside its name.
  var parameters: [String: String] {
    func with(_ reason: String?, _ more: [String: String] = [:]) -> [String: String] {
      reason.map { ["reason": $0] }.map { more.merging($0) { first, _ in first } } ?? more
    }
    switch self {
    case .suspend(let reason), .resume(let reason), .retire(let reason), .revokeGrants(let reason),
      .approve(let reason), .deny(let reason):
      return with(reason)
    case .move(let profile, let reason): return with(reason, ["profile": profile])
    case .readmit(let span, let reason): return with(reason, ["for": "\(span)"])
    case .invite(let lifetime): return lifetime.map { ["expires_in": "\($0)"] } ?? [:]
    case .label(let change): return change.details
    case .revoke(let reason): return ["reason": reason.name]
    }
  }

  /// Nil for a record that a newer version wrote.
  init?(_ record: BulkActRecord) {
    let reason = record.parameters["reason"]
    switch record.act {
    case "device.suspend": self = .suspend(reason: reason)
    case "device.resume": self = .resume(reason: reason)
    case "device.retire": self = .retire(reason: reason)
    case "device.move": self = .move(profile: record.parameters["profile"] ?? "", reason: reason)
    case "device.label": self = .label(LabelChange(details: record.parameters))
    case "device.readmit":
      guard let span = record.parameters["for"].flatMap({ Span($0) }) else { return nil }
      self = .readmit(span: span, reason: reason)
    case "device.invite": self = .invite(lifetime: record.parameters["expires_in"].flatMap { Span($0) })
    case "certificate.revoke":
      guard let reason = reason.flatMap({ RevocationReason(name: $0) }) else { return nil }
      self = .revoke(reason)
    case "grant.revoke": self = .revokeGrants(reason: reason)
    case "request.approve": self = .approve(reason: reason)
    case "request.deny": self = .deny(reason: reason)
    default: return nil
    }
  }

  /// What can be said without looking at any member. Throws `Refusal`.
  func validate(in context: ActContext) throws {
    switch self {
    case .suspend(let reason), .resume(let reason), .retire(let reason), .revokeGrants(let reason),
      .approve(let reason), .deny(let reason):
      try RecordText.checkReason(reason)
    case .move(let profile, let reason):
      try RecordText.checkReason(reason)
      _ = try DeviceService.profile(named: profile, in: context)
    case .label(let change): try change.validate()
    case .readmit(let span, let reason):
      try RecordText.checkReason(reason)
      try DeviceService.checkReadmission(span)
    case .invite(let lifetime):
      if let lifetime { try DeviceService.checkSecretLifetime(lifetime) }
    case .revoke(let reason):
      guard CertificateService.reasons.contains(reason) else {
        throw Refusal(
          .badRequest, "'\(reason.name)' is not a reason for certificates",
          hint: "reasons are " + CertificateService.reasons.map(\.name).joined(separator: ", "))
      }
    }
  }
}

import Credentials
import Registry

/// Something that can be done to many at once.
public enum BulkAct: Hashable, Sendable {
  case suspend(reason: String?)
  case resume(reason: String?)
  case retire(reason: String?)
  case move(profile: String, reason: String?)
  case label(LabelChange)
  case revoke(RevocationReason)

  /// Their names, as the audit log and the REST interface write them.
  public static let names = [
    "device.suspend", "device.resume", "device.retire", "device.move", "device.label", "certificate.revoke",
  ]

  public var name: String {
    switch self {
    case .suspend: "device.suspend"
    case .resume: "device.resume"
    case .retire: "device.retire"
    case .move: "device.move"
    case .label: "device.label"
    case .revoke: "certificate.revoke"
    }
  }

  public var subject: Selection.Subject {
    switch self {
    case .revoke: .certificates
    case .suspend, .resume, .retire, .move, .label: .devices
    }
  }

  /// What a record keeps of it beside its name.
  var parameters: [String: String] {
    switch self {
    case .suspend(let reason), .resume(let reason), .retire(let reason): reason.map { ["reason": $0] } ?? [:]
    case .move(let profile, let reason):
      ["profile": profile].merging(reason.map { ["reason": $0] } ?? [:]) { first, _ in first }
    case .label(let change): change.details
    case .revoke(let reason): ["reason": reason.name]
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
    case "certificate.revoke":
      guard let reason = reason.flatMap({ RevocationReason(name: $0) }) else { return nil }
      self = .revoke(reason)
    default: return nil
    }
  }

  /// What can be said without looking at any member. Throws `Refusal`.
  func validate(in context: ActContext) throws {
    switch self {
    case .suspend(let reason), .resume(let reason), .retire(let reason): try RecordText.checkReason(reason)
    case .move(let profile, let reason):
      try RecordText.checkReason(reason)
      _ = try DeviceService.profile(named: profile, in: context)
    case .label(let change): try change.validate()
    case .revoke(let reason):
      guard CertificateService.reasons.contains(reason) else {
        throw Refusal(
          .badRequest, "'\(reason.name)' is not a reason for certificates",
          hint: "reasons are " + CertificateService.reasons.map(\.name).joined(separator: ", "))
      }
    }
  }

  /// Does it to one member, without an entry in the log. Throws `Refusal`, which has written nothing, or `StoreError`.
  func perform(on member: BulkMember, in context: ActContext) throws {
    switch member.subject {
    case .device(let id):
      guard let device = try context.writer.device(id, in: context.organization) else {
        throw Refusal(.notFound, "the device is gone")
      }
      try perform(on: device, in: context)
    case .certificate(let authority, let serial):
      let record = try context.writer.certificate(authority: authority, serial: serial, in: context.organization)
      guard let record, case .revoke(let reason) = self else { throw Refusal(.notFound, "the certificate is gone") }
      let isDone = try CertificateService.revoke(
        record, reason: reason, by: context.actor, at: context.now, in: context.writer)
      guard isDone else { throw Refusal(.conflict, "the certificate is revoked already") }
    }
  }

  private func perform(on device: DeviceRecord, in context: ActContext) throws {
    switch self {
    case .suspend(let reason): _ = try DeviceService.suspend(device, reason: reason, in: context)
    case .resume(let reason): _ = try DeviceService.resume(device, reason: reason, in: context)
    case .retire(let reason): _ = try DeviceService.retire(device, reason: reason, in: context)
    case .move(let profile, _):
      _ = try DeviceService.move(device, to: try DeviceService.profile(named: profile, in: context), in: context)
    case .label(let change): _ = try DeviceService.label(device, change, in: context)
    case .revoke: throw Refusal(.badRequest, "a device is not revoked, but its certificates are")
    }
  }
}

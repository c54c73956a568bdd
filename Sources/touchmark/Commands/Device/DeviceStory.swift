import AdministrationAPI

/// Entries of the audit log about a device, each as a sentence whose subject is the device.
package enum DeviceStory {
  package static func sentence(_ item: AuditItem) -> String {
    let said =
      item.outcome == "refused"
      ? "was refused \(wanted(item)) over \(doorName(item.door))" : happened(item)
    // A revocation's reason is a CRLReason, and stands among its details.
    guard let reason = item.reason ?? item.details["reason"], !reason.isEmpty else { return said }
    return "\(said): \(reason)"
  }

  /// A door as people write it.
  package static func doorName(_ door: String) -> String {
    switch door {
    case "est", "rest", "scep", "cmp", "acme": door.uppercased()
    case "command": "the command line"
    default: door
    }
  }

  private static func happened(_ item: AuditItem) -> String {
    let by = "by \(person(item.actor))"
    switch item.act {
    case "device.add": return "registered" + origin(item) + " \(by)" + profile(item)
    case "device.invite": return "given a new secret \(by)"
    case "device.suspend": return "suspended \(by)"
    case "device.resume": return "resumed \(by)"
    case "device.retire": return "retired \(by)"
    case "device.replace":
      return "retired and replaced" + (item.details["replaced_by"].map { " with \($0)" } ?? "") + " \(by)"
    case "device.label": return "labeled" + labels(item) + " \(by)"
    case "device.move": return "put under profile \(item.details["profile"] ?? "") \(by)"
    case "device.readmit": return "readmitted \(by)"
    case "certificate.issue": return "enrolled over \(doorName(item.door))" + certificate(item) + profile(item)
    case "certificate.renew": return "renewed over \(doorName(item.door))" + certificate(item) + profile(item)
    case "certificate.answer-again":
      return "was given its certificate again over \(doorName(item.door))" + certificate(item)
    case "certificate.import": return "brought along, with its certificate" + certificate(item) + " \(by)"
    case "certificate.take-back":
      return "showed a certificate that a restore had lost, which was taken back" + certificate(item)
    case "certificate.revoke": return "lost its certificate" + certificate(item) + " \(by)"
    case "device.attest": return attested(item)
    case "device.tpm-release": return "separated from its TPM \(by)"
    case "device.clone-suspected": return "raised an alarm, since it may have been cloned"
    default: return "\(item.act) \(by)"
    }
  }

  private static func attested(_ item: AuditItem) -> String {
    let version = item.details["firmware_version"].map { " with firmware \($0)" } ?? ""
    let waits = item.details["consequence"] == "asked" ? "; an operator is asked whether to suspend it" : ""
    switch item.details["status"] {
    case "failed": return "failed its attestation\(version)\(waits)"
    case "warning": return "attested\(version), with a warning"
    default: return "attested\(version), and is trusted"
    }
  }

  private static func labels(_ item: AuditItem) -> String {
    let changes = item.details.sorted { $0.key < $1.key }.compactMap { key, value -> String? in
      if key.hasPrefix("set.") { return "\(key.dropFirst(4))=\(value)" }
      return key.hasPrefix("remove.") ? "\(key.dropFirst(7)) removed" : nil
    }
    return changes.isEmpty ? "" : " " + changes.joined(separator: ", ")
  }

  private static func origin(_ item: AuditItem) -> String {
    if let old = item.details["replaces"] { return " in the place of \(old)" }
    return item.details["imported"] == nil ? "" : " from a file"
  }

  /// `administrator:Ada` is Ada.
  private static func person(_ actor: String) -> String {
    if actor == "policy:attestation" { return "the attestation policy" }
    let roles = ["administrator:", "operator:", "station:", "auditor:"]
    guard let role = roles.first(where: { actor.hasPrefix($0) }) else { return actor }
    return String(actor.dropFirst(role.count))
  }

  private static func wanted(_ item: AuditItem) -> String {
    switch item.act {
    case "certificate.issue": "a certificate"
    case "certificate.renew": "a renewal"
    case "device.attest": "an attestation"
    case "device.tpm-enroll": "with its TPM's evidence"
    default: item.act
    }
  }

  private static func profile(_ item: AuditItem) -> String { item.details["profile"].map { ", profile \($0)" } ?? "" }

  private static func certificate(_ item: AuditItem) -> String {
    let named = item.details["serial_number"] ?? item.details["certificate"] ?? item.details["serial"]
    let subject = item.subject.hasPrefix("certificate:") ? String(item.subject.dropFirst(12)) : nil
    return (named ?? subject).map { ", certificate \($0)" } ?? ""
  }
}

import AuditLog
import Issuance
import Registry
import WireFormats

/// TRUST.md, Devices and code: automatic suspension stops at a share of the fleet and asks. Once it has stopped, it
/// suspends nothing more until an operator says so: wrong reference values would take the fleet down by its share an hour.
struct SuspensionLimiter {
  let organization: OrganizationID
  let now: Instant

  func maySuspend(_ device: DeviceRecord, in writer: any StoreWriter) throws -> Bool {
    var limit = try writer.attestationLimit(in: organization)
    guard limit.stoppedAt == nil else { return false }
    // What shares its millisecond with the operator's word counts: rather one too few than one too many.
    let since = max(now - AttestationLimit.window, limit.openedAt ?? Instant(seconds: 0)) - Span(milliseconds: 1)
    let used = try writer.countConsequences(.suspended, since: since, in: organization)
    let states = try writer.deviceCounts(in: organization)
    let share = limit.share(of: (states[.active] ?? 0) + (states[.suspended] ?? 0))
    guard used >= share else { return true }
    limit.stoppedAt = now
    try writer.put(limit, in: organization)
    try writer.append(stopped(limit, used, device), in: organization)
    return false
  }

  private func stopped(_ limit: AttestationLimit, _ used: Int, _ device: DeviceRecord) -> AuditEntry {
    AuditEntry(
      at: now, actor: Actor.attestationPolicy.principal, door: Door.rest.rawValue, act: "attestation.stop",
      subject: "organization:\(organization)", outcome: "alarm",
      reason:
        "\(used) devices were suspended within an hour, which is the share that may be; others wait for an operator",
      details: ["percent": "\(limit.percent)", "suspended": "\(used)", "device": device.serial])
  }
}

import AuditLog
import WireFormats

/// The entry of evidence that was not believed.
public enum RefusedEvidence {
  public static func entry(
    _ act: String, by actor: String, on subject: String, _ refusal: Refusal, address: String, at now: Instant
  ) -> AuditEntry {
    var details = ["code": refusal.code.rawValue, "address": address]
    details["rule"] = refusal.rule
    return AuditEntry(
      at: now, actor: actor, door: Door.rest.rawValue, act: act, subject: subject, outcome: "refused",
      reason: refusal.reason, details: details)
  }
}

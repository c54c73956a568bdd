import Issuance
import Registry
import WireFormats

/// Acts on how much of a fleet may be suspended by policy.
public struct LimitService: Sendable {
  public init() {}

  /// - Parameter percent: of the fleet in an hour; 0 suspends nothing by itself.
  public func set(percent: Int) -> AdministrativeAct<AttestationLimit> {
    AdministrativeAct("attestation.limit", on: "attestation:limit") { context in
      guard (0...100).contains(percent) else {
        throw Refusal(.badRequest, "the share of a fleet lies between 0 and 100 percent")
      }
      var limit = try context.writer.attestationLimit(in: context.organization)
      let before = limit.percent
      limit.percent = percent
      try context.writer.put(limit, in: context.organization)
      try context.record(
        "attestation.limit", subject: "attestation:limit",
        details: ["percent": "\(percent)", "percent_before": "\(before)"])
      return limit
    }
  }

  /// Lets the policy suspend again; what it did before does not count any more.
  ///
  /// - Throws: `conflict` when it has not stopped.
  public func resume(reason: String?) -> AdministrativeAct<AttestationLimit> {
    AdministrativeAct("attestation.resume", on: "attestation:limit") { context in
      try RecordText.checkReason(reason)
      var limit = try context.writer.attestationLimit(in: context.organization)
      guard limit.stoppedAt != nil else {
        throw Refusal(.conflict, "automatic suspension has not stopped")
      }
      (limit.stoppedAt, limit.openedAt) = (nil, context.now)
      try context.writer.put(limit, in: context.organization)
      try context.record("attestation.resume", subject: "attestation:limit", reason: reason)
      return limit
    }
  }
}

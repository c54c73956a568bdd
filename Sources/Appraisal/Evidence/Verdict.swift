import Attestation
import Issuance
import WireFormats

/// What is known of a device when its evidence is appraised.
struct AppraisalContext: Sendable {
  let policy: Profile.Attestation
  /// Empty for a device that belongs to no product.
  let product: String
  /// Nil where the claimed version has none, or none was claimed.
  let reference: ReferenceValues?
  /// What the same TPM's clock said before; nil where that says nothing of this quote.
  let earlier: TPMClock?
}

/// From a quote that is believed to what it means (RFC 9334 §8.4): a pure function, so that each rule has a test.
package struct Verdict: Sendable, Hashable {
  private(set) var status = AttestationResult.Status.trusted
  private(set) var reasons: [String] = []
  private(set) var measurements: [AttestationResult.Measurement] = []
  /// Of the log, as far as it is believed.
  private(set) var events: [MeasuredEvent] = []

  /// Reasons of one appraisal; a device whose every register is another says enough with these.
  static let mostReasons = 12

  init(_ quote: Quote, of evidence: Evidence, in context: AppraisalContext) {
    checkClock(quote.clock, after: context.earlier)
    readLog(evidence.eventLog, quote, context.policy)
    compare(quote, evidence.firmwareVersion, context)
    if reasons.count > Self.mostReasons {
      reasons = reasons.prefix(Self.mostReasons) + ["and \(reasons.count - Self.mostReasons) more"]
    }
  }

  private mutating func note(_ status: AttestationResult.Status, _ reason: String) {
    reasons.append(reason)
    if status == .failed || self.status == .trusted { self.status = status }
  }

  /// A TPM's counters never go back while it keeps its attestation key: somebody set its state back, as a copy of a
  /// software TPM allows.
  private mutating func checkClock(_ clock: TPMClock, after earlier: TPMClock?) {
    guard let earlier, clock.precedes(earlier) else { return }
    note(
      .failed,
      "the TPM's clock went back, to reset \(clock.resets) and restart \(clock.restarts) from reset \(earlier.resets) and"
        + " restart \(earlier.restarts): its state was put back")
  }

  private mutating func readLog(_ log: [UInt8]?, _ quote: Quote, _ policy: Profile.Attestation) {
    guard let log else {
      if policy.eventLog == .wanted { note(.warning, "no event log was shown, and the profile wants one") }
      return
    }
    do throws(AttestationFailure) {
      events = try quote.replay(log)
    } catch {
      switch error {
      case .malformedLog:
        // Nobody signed it, and some firmware leaves one that cannot be read: no better than none.
        note(.warning, error.description)
      default:
        note(.failed, error.description)
      }
    }
  }

  private mutating func compare(_ quote: Quote, _ version: String?, _ context: AppraisalContext) {
    let unknown: AttestationResult.Status = context.policy.unknownFirmware == .failed ? .failed : .warning
    let product = context.product.isEmpty ? "devices without a product" : context.product
    guard let version else { return note(unknown, "the device did not say which firmware it runs") }
    guard let reference = context.reference else {
      return note(unknown, "there are no reference values for firmware \(version) of \(product)")
    }
    let comparison = MeasurementComparison(
      quote, with: reference, demanded: context.policy.registers, of: context.policy.hash, events: events)
    measurements = comparison.measurements
    for mismatch in comparison.mismatches { note(.failed, mismatch) }
    if !comparison.unknown.isEmpty {
      let registers = comparison.unknown.map { "PCR \($0)" }.joined(separator: ", ")
      note(.warning, "firmware \(version) of \(product) has no reference value for \(registers)")
    }
  }
}

extension Profile.Attestation {
  var hash: TPMHashAlgorithm {
    switch bank {
    case .sha256: .sha256
    case .sha384: .sha384
    case .sha512: .sha512
    }
  }
}

extension Verdict {
  /// What evidence of one key comes to by one policy: for tests of many.
  ///
  /// - Throws: `AttestationFailure` for what is not believed.
  package static func status(
    of evidence: Evidence, by key: AttestationKey, nonce: [UInt8], policy: Profile.Attestation,
    reference: ReferenceValues
  ) throws -> AttestationResult.Status {
    let quote = try Believed.quote(evidence, by: key, nonce: nonce, policy)
    return Verdict(
      quote, of: evidence,
      in: AppraisalContext(policy: policy, product: "", reference: reference, earlier: nil)
    ).status
  }
}

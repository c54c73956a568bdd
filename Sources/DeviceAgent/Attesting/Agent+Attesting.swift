import DeviceClient
import DeviceTPM
import WireFormats

/// How the server judged what this device runs.
public struct AttestationVerdict: Sendable {
  public enum Status: String, Sendable, CaseIterable {
    case trusted, warning, failed
  }

  public let status: Status
  public let reasons: [String]
  /// Whether the server has suspended the device by this evidence.
  public let isSuspended: Bool
  /// When it wants evidence again; nil where it does not say.
  public let nextDue: Instant?
  /// RFC 9711: the result, signed, for third parties.
  public let token: String?
  /// The server's answer, whole.
  public let answer: JSONValue

  init?(_ answer: JSONValue?) {
    guard let answer, let status = answer["status"]?.text.flatMap(Status.init(rawValue:)),
      case .array(let reasons)? = answer["reasons"]
    else { return nil }
    (self.status, self.answer) = (status, answer)
    self.reasons = reasons.compactMap(\.text).map(LineOfText.printable)
    if case .boolean(true)? = answer["suspended"] { isSuspended = true } else { isSuspended = false }
    nextDue = answer["next_due"]?.text.flatMap { Instant($0) }
    token = answer["token"]?.text
  }
}

/// What goes with a quote, from whoever knows this device.
public struct EvidenceSources: Hashable, Sendable {
  /// The measured-boot log.
  public let log: String?
  /// 1 to 64 printable ASCII characters.
  public let firmwareVersion: String?

  /// - Parameter log: Nil for where Linux keeps it.
  public init(log: String? = nil, firmwareVersion: String? = nil) {
    (self.log, self.firmwareVersion) = (log, firmwareVersion)
  }

  /// A log that was named has to be there; the standard one may be missing, or closed to this user.
  func readLog() throws(AgentFailure) -> [UInt8]? {
    guard let log else { return try? DurableFile.read(Evidence.standardLog, limit: Evidence.longestLog) }
    guard let octets = try DurableFile.read(log, limit: Evidence.longestLog) else {
      throw AgentFailure(.missing, "\(log) is not there")
    }
    return octets
  }
}

extension Agent {
  /// Whether the server was shown this device's TPM.
  public var canAttest: Bool {
    guard keys is TPMKeyHome, memory.identity != nil else { return false }
    return (try? AttestationKeyFile.held(in: folder)) != nil
  }

  /// Shows the server what the TPM says of what this device booted, and comes back with its judgment.
  public func attest(_ sources: EvidenceSources) throws(AgentFailure) -> AttestationVerdict {
    defer { transport.close() }
    guard let home = keys as? TPMKeyHome, memory.identity != nil, let key = try attestationKey() else {
      throw AgentFailure(
        .missing, "the server was never shown this device's TPM",
        hint:
          "touchmark-agent enroll … --key tpm, where `touchmark trust add --purpose tpm` names the TPM's manufacturer")
    }
    let log = try sources.readLog()
    // A nonce may have ended meanwhile: this device's, or one that another process of it asked for.
    for isLast in [false, true] {
      let answer = try show(home, key, log, sources)
      if answer.status == 404, !isLast { continue }
      guard answer.status == 200 else { throw refusal(answer) }
      guard let verdict = AttestationVerdict(answer.value) else { throw Self.unreadable }
      return verdict
    }
    throw Self.unreadable
  }

  private func show(
    _ home: TPMKeyHome, _ key: TPMKeyBlob, _ log: [UInt8]?, _ sources: EvidenceSources
  ) throws(AgentFailure) -> RESTAnswer {
    let asked = try transport.post("/attestation/nonces", nil, as: nil, of: memory, at: Self.clock)
    guard asked.status == 201 else { throw refusal(asked) }
    guard let request = EvidenceRequest(asked.value) else { throw Self.unreadable }
    let evidence: Evidence
    do throws(TPMError) {
      evidence = try Evidence.gather(home.tpm, by: key, request.registers, nonce: request.octets)
    } catch {
      throw AgentFailure(error.isLoss ? .failed : .later, "the TPM gives no quote: \(error.words)")
    }
    KillPoint.pass("quoted")
    let body = evidence.body(nonce: request.nonce, log: log, firmwareVersion: sources.firmwareVersion)
    return try transport.post("/attestation", body, as: nil, of: memory, at: Self.clock)
  }

  private func attestationKey() throws(AgentFailure) -> TPMKeyBlob? {
    do throws(TPMError) { return try AttestationKeyFile.held(in: folder) } catch {
      throw AgentFailure(.failed, error.words)
    }
  }

  private func refusal(_ answer: RESTAnswer) -> AgentFailure {
    let words = answer.words.map { ": \($0)" } ?? ""
    switch answer.status {
    case 429, 500...599:
      return AgentFailure(
        .later, "the server cannot just now (status \(answer.status))\(words)",
        hint: answer.reply.retryAfter.map { "again in \($0) s" })
    case 404: return AgentFailure(.failed, "the server takes no evidence of what a device runs\(words)")
    case 409:
      return AgentFailure(
        .failed, "the server does not know this device's TPM\(words)",
        hint: "a new secret, from `touchmark device invite \(settings.serial)`, and touchmark-agent enroll --key tpm")
    case 422: return AgentFailure(.failed, "the server does not believe the TPM's evidence\(words)")
    default: return AgentFailure(.failed, "the server refuses this device (status \(answer.status))\(words)")
    }
  }

  private static let unreadable = AgentFailure(
    .noServer, "what the server answered about the TPM's evidence cannot be read")
}

import Credentials
import Issuance
import Registry
import WireFormats

/// One pkiMessage and its answer.
struct SCEPExchange: Sendable {
  let service: SCEPService
  let authority: RegistrationAuthority
  let profile: ProfileName
  let message: SCEPMessage
  let address: String

  func answer() async throws(Refusal) -> SCEPAnswer {
    do {
      let certificate = try message.verified()
      return try reply(.success(envelope: try await content(certificate)))
    } catch let failure as SCEPFailure {
      let refusal = failure.refusal ?? Refusal(.badRequest, failure.text)
      return try reply(.failure(failure.failInfo, text: failure.text), refusal: refusal)
    } catch let refusal as Refusal {
      return try answer(refusal)
    } catch {
      throw Refusal(.unavailable, "this cannot be answered now", detail: "\(error)")
    }
  }

  private func answer(_ refusal: Refusal) throws(Refusal) -> SCEPAnswer {
    switch SCEPOutcome(refusal) {
    case .pending: return try reply(.pending, refusal: refusal)
    case .failure(let info):
      let rule = refusal.rule.map { " (rule \($0))" } ?? ""
      return try reply(.failure(info, text: refusal.reason + rule), refusal: refusal)
    case .transport(let status, let retryAfter):
      return .text(status, refusal.reason, retryAfter: retryAfter, refusal: refusal, claimedName: claimedName)
    }
  }

  private func reply(_ status: CertRep.Status, refusal: Refusal? = nil) throws(Refusal) -> SCEPAnswer {
    SCEPAnswer(
      contentType: "application/x-pki-message",
      body: try CertRep(status: status, head: message.head).signed(by: authority), refusal: refusal,
      claimedName: claimedName)
  }

  private var claimedName: String? { message.certificate.flatMap { SCEPRequest.name($0.subject) } }

  /// The encrypted certs-only of a SUCCESS.
  private func content(_ certificate: SignerCertificate) async throws -> [UInt8] {
    guard let type = message.head.type else { throw SCEPFailure(.badRequest, "this messageType is not known") }
    switch type {
    case .pkcsReq, .renewalReq: return try await enroll(message, certificate, isPoll: false)
    case .certPoll: return try await poll(certificate)
    case .getCert: return try await certificateAsked(certificate)
    case .getCRL: return try await listAsked(certificate)
    case .certRep: throw SCEPFailure(.badRequest, "a CertRep is no request")
    }
  }

  // MARK: PKCSReq, RenewalReq and CertPoll

  private func enroll(_ message: SCEPMessage, _ certificate: SignerCertificate, isPoll: Bool) async throws -> [UInt8] {
    let request = try await open(message, certificate)
    let asked = try request.certificationRequest()
    let enrollment = try request.enrollment(
      asked, profile: profile, isRenewal: message.head.type == .renewalReq, address: address)
    do {
      let issued = try await issue(enrollment, asked, certificate)
      return try seal([issued], to: request, asked)
    } catch let refusal as Refusal where refusal.code == .pendingApproval && !isPoll {
      // Kept before the client is told to wait. A crash in between leaves a request that it sends again.
      try await service.records.remember(
        message.encoded, transaction: SCEPTransaction.pending(profile, message, certificate),
        until: service.now() + Self.pendingLife)
      throw refusal
    }
  }

  /// How long a client may poll.
  private static let pendingLife = Span.days(30)
  /// How long a certificate that authenticates itself is remembered with what it was given: past every renewal's grace.
  private static let replayLife = Span.days(120)

  /// Never twice for the same request. A secret and a grant see to it themselves; a certificate may be shown again.
  private func issue(
    _ enrollment: EnrollmentRequest, _ asked: CertificationRequest, _ certificate: SignerCertificate
  ) async throws -> [UInt8] {
    guard case .certificate = enrollment.credential else {
      return try await service.enrolling.enroll(enrollment).certificate
    }
    let identifier = SCEPTransaction.issued(profile, asked.encoded, certificate)
    if let earlier = try await service.records.transaction(identifier) { return try await answerAgain(earlier) }
    let issued = try await service.enrolling.enroll(enrollment).certificate
    try await service.records.remember(
      issued, transaction: identifier,
      until: Self.replayEnd(certificate, now: service.now()))
    return issued
  }

  private static func replayEnd(_ certificate: SignerCertificate, now: Instant) -> Instant {
    let end = (try? Certificate(parsing: certificate.encoded))?.notAfter ?? now
    return max(now, min(end, .noExpiry - replayLife)) + replayLife
  }

  private func answerAgain(_ earlier: [UInt8]) async throws -> [UInt8] {
    let fingerprint = DigestAlgorithm.sha256.digest(earlier)
    guard let record = try await service.records.certificate(fingerprint: fingerprint), record.status == .good,
      service.now() <= record.notAfter
    else { throw Refusal(.exhausted, "this request was answered, with a certificate that is no longer good") }
    return earlier
  }

  /// RFC 8894 §3.3.3: whoever polls signs with the key of the request that waits, which is then asked again.
  private func poll(_ certificate: SignerCertificate) async throws -> [UInt8] {
    _ = try await open(message, certificate)
    let identifier = SCEPTransaction.pending(profile, message, certificate)
    guard let kept = try await service.records.transaction(identifier), let first = try? SCEPMessage(parsing: kept)
    else {
      throw SCEPFailure(.badCertId, "no request of this transaction waits here")
    }
    return try await enroll(first, try first.verified(), isPoll: true)
  }
}

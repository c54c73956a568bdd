import Credentials
import KeyCustody
import Registry
import WireFormats

extension OCSPResponder {
  /// Signs now: nonces, several certificates, unknown serials. Nobody may keep such an answer.
  func onDemand(_ asked: [Question], _ authority: StatusAuthority, nonce: [UInt8]?) async throws -> StatusAnswer {
    guard demandGate.enter() else { return busy() }
    defer { demandGate.leave() }
    let standings = try await source.standings(of: asked.compactMap(\.serial), under: authority.id)
    let now = now()
    let credential = try await credentials.credential(for: authority.id)
    let responses = asked.map { question in
      single(question.certificate, question.serial.flatMap { standings[$0] }, credential, at: now)
    }
    return .ocsp(try await encode(responses, credential, nonce: nonce, at: now), .noStore)
  }

  /// What is said about one certificate; a standing of nil is a serial that was never issued here.
  func single(
    _ certificate: OCSPCertID, _ standing: CertificateStanding?, _ credential: ResponderCredential, at now: Instant
  ) -> OCSPSingleResponse {
    let thisUpdate = now.wholeSecond
    // Valid for as long as its signer is; a standing that is not on record may change soonest.
    let lifetime = standing.map { $0.answerLifetime ?? policy.lifetime } ?? policy.maxAge
    let nextUpdate = min(thisUpdate + max(lifetime, .seconds(1)), credential.certificate.notAfter)
    return OCSPSingleResponse(
      certificate: certificate, status: standing?.status ?? neverIssued(certificate), thisUpdate: thisUpdate,
      nextUpdate: max(nextUpdate, thisUpdate))
  }

  private func neverIssued(_ certificate: OCSPCertID) -> OCSPCertStatus {
    switch policy.neverIssued {
    case .unknown: .unknown
    // RFC 6960 §2.2: certificateHold, and January 1, 1970.
    case .revoked: .revoked(at: Instant(seconds: 0), reason: .certificateHold)
    }
  }

  func encode(
    _ responses: [OCSPSingleResponse], _ credential: ResponderCredential, nonce: [UInt8]?, at now: Instant
  ) async throws(SigningError) -> [UInt8] {
    let data = OCSPResponseData(
      responderKeyHash: credential.keyHash, producedAt: now, responses: responses, nonce: nonce,
      statesExtendedRevoke: policy.neverIssued == .revoked, signatureAlgorithm: credential.signer.algorithm)
    let message = data.toBeSigned
    let signature = try await credential.signer.sign(message)
    return data.encode(
      toBeSigned: message, signature: signature, certificates: [credential.certificate.encoded])
  }

  /// RFC 6960 §2.3: what a client is told when there is no answer. Reasons go to the log alone.
  func failure(_ error: any Error) -> StatusAnswer {
    switch error {
    case ResponderError.noResponder: return .ocspFailure(.unauthorized)
    case SigningError.unavailable, StoreError.busy, StoreError.unavailable:
      report("OCSP: \(error)")
      return .ocspFailure(.tryLater)
    default:
      report("OCSP: \(error)")
      return .ocspFailure(.internalError)
    }
  }
}

extension StatusAnswer {
  /// RFC 6960 appendix A.2.
  static func ocsp(_ bytes: [UInt8], _ caching: Caching) -> StatusAnswer {
    StatusAnswer(contentType: "application/ocsp-response", bytes: bytes, caching: caching)
  }

  /// RFC 6960 §2.3, appendix A.2: a failure is an OCSPResponse too, under HTTP status 200, and is not signed; so nobody
  /// may keep it.
  public static func ocspFailure(_ status: OCSPResponseStatus) -> StatusAnswer {
    ocsp(status.encodedResponse, .noStore)
  }
}

import Credentials
import Issuance
import WireFormats

extension CMPService {
  /// certConf (RFC 9483 §4.1.1). A certificate that the client does not take is revoked; one that it never speaks of
  /// stays good, since it is durable and its device may hold it: docs/decisions/0035.
  func confirm(_ statuses: [CertStatus], _ exchange: Exchange) async throws(PKIStatusInfo) -> Answered {
    var (state, encoded) = try await continued(exchange)
    if let answer = state.answer(to: exchange.digest) { return Answered(message: answer) }
    guard state.stage == .unconfirmed else {
      throw state.stage == .ended
        ? .rejection(.certConfirmed, "nothing is left to confirm in this transaction")
        : .rejection(.badRequest, "there is no certificate to confirm yet")
    }
    try checkNonce(exchange, state)
    guard let certificate = try? Certificate(parsing: state.certificate) else {
      throw .rejection(.systemFailure, "the transaction's state cannot be read")
    }
    if let status = statuses.first {
      // A PKCS#10 request has no identifier: clients repeat -1, or say 0.
      guard [0, -1].contains(status.request) else { throw .rejection(.badRequest, "certReqId is not the request's") }
      guard status.matches(certificate) else {
        throw .rejection(.badCertId, "certHash is not the hash of the certificate that was given")
      }
    }
    let isTaken = statuses.first?.isAccepted ?? false
    if !isTaken { try await takeBack(certificate, exchange) }
    let sealed = try await sealed(.confirmed, exchange)
    state.stage = .ended
    state.nonce = sealed.nonce
    (state.laterDigest, state.laterAnswer) = (exchange.digest, sealed.message)
    try await keep(state, replacing: encoded, exchange)
    return Answered(message: sealed.message)
  }

  private func takeBack(_ certificate: Certificate, _ exchange: Exchange) async throws(PKIStatusInfo) {
    do throws(Refusal) {
      try await revoking.revokeOwn(
        .fingerprint(certificate.fingerprint), reason: .superseded, by: .recipient, door: .cmp,
        address: exchange.client)
    } catch {
      // A crash between revoking and keeping the state: the second time it is revoked already.
      guard error.code == .revoked else { throw PKIStatusInfo(error) }
    }
  }

  /// RFC 9483 §3.6.4: an error message ends a transaction and is confirmed. What was issued stays as it is.
  func end(_ exchange: Exchange) async throws(PKIStatusInfo) -> Answered {
    var (state, encoded) = try await continued(exchange)
    if let answer = state.answer(to: exchange.digest) { return Answered(message: answer) }
    let sealed = try await sealed(.confirmed, exchange)
    state.stage = .ended
    state.nonce = sealed.nonce
    (state.laterDigest, state.laterAnswer) = (exchange.digest, sealed.message)
    try await keep(state, replacing: encoded, exchange)
    return Answered(message: sealed.message)
  }
}

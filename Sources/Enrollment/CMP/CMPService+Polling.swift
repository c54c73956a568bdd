import Credentials
import Issuance
import Registry
import WireFormats

extension CMPService {
  /// RFC 9483 §4.4: an operator has to approve. The first answer says `waiting`; later ones say when to ask again.
  func wait(
    _ refusal: Refusal, _ exchange: Exchange, identifier: CertReqID,
    _ waiting: Waiting?
  ) async throws(PKIStatusInfo) -> Answered {
    guard var state = waiting?.state else {
      let sealed = try await sealed(
        .response(exchange.kind.response ?? .cp, to: identifier, PKIStatusInfo(refusal)), exchange)
      var state = CMPTransaction(
        stage: .waiting, identity: exchange.protector.identity, request: exchange.message.encoded,
        requestDigest: exchange.digest, answer: sealed.message, nonce: sealed.nonce)
      state.label = Array((exchange.label?.rawValue ?? "").utf8)
      try await keep(state, replacing: nil, exchange)
      return Answered(message: sealed.message)
    }
    let seconds = Self.pause(refusal)
    let sealed = try await sealed(.pollResponse(to: identifier, after: seconds), exchange)
    state.nonce = sealed.nonce
    (state.laterDigest, state.laterAnswer) = (exchange.digest, sealed.message)
    try await keep(state, replacing: waiting?.encoded, exchange)
    return Answered(message: sealed.message)
  }

  /// pollReq (RFC 9810 §5.3.22): the request that waits is asked again, as it came.
  func poll(_ identifier: CertReqID, _ exchange: Exchange) async throws(PKIStatusInfo) -> Answered {
    let (state, encoded) = try await continued(exchange)
    if let answer = state.answer(to: exchange.digest) { return Answered(message: answer) }
    guard state.stage == .waiting else { throw .rejection(.badRequest, "nothing waits in this transaction") }
    try checkNonce(exchange, state)
    let (first, asked, own) = try Self.first(of: state, exchange)
    guard identifier == own || (own == -1 && identifier == 0) else {
      throw .rejection(.badRequest, "certReqId is not the request's")
    }
    do throws(PKIStatusInfo) {
      let credential = try credential(exchange)
      return try await issue(
        asked, credential, exchange, identifier: own, to: (state: state, encoded: encoded, first: first))
    } catch {
      guard error.failInfo != .transactionIdInUse, error.failInfo != .systemUnavail else { throw error }
      return try await decline(error, first, identifier: own, exchange, state, encoded)
    }
  }

  /// An operator said no, or the right was lost meanwhile: the transaction is over.
  private func decline(
    _ status: PKIStatusInfo, _ first: Exchange, identifier: CertReqID, _ exchange: Exchange, _ state: CMPTransaction,
    _ encoded: [UInt8]
  ) async throws(PKIStatusInfo) -> Answered {
    let sealed = try await sealed(.response(first.kind.response ?? .cp, to: identifier, status), exchange)
    var state = state
    (state.stage, state.nonce) = (.ended, sealed.nonce)
    (state.laterDigest, state.laterAnswer) = (exchange.digest, sealed.message)
    try await keep(state, replacing: encoded, exchange)
    return Answered(message: sealed.message, failure: status)
  }

  /// The message that began, read again: its protection was checked when it came.
  private static func first(
    of state: CMPTransaction, _ exchange: Exchange
  ) throws(PKIStatusInfo) -> (Exchange, AskedCertificate, CertReqID) {
    guard let message = try? PKIMessage(parsing: state.request), let kind = PKIBody.Kind(tag: message.body.tag),
      let body = try? PKIBody(kind, message.body)
    else { throw .rejection(.systemFailure, "the transaction's state cannot be read") }
    let label = ProfileName(rawValue: String(decoding: state.label, as: UTF8.self))
    let first = Exchange(
      message: message, kind: kind, protector: exchange.protector, label: label, client: exchange.client)
    switch body {
    case .requests(let messages): return (first, try request(messages, first), messages.identifier)
    case .certificationRequest(let der): return (first, try request(pkcs10: der), -1)
    default: throw .rejection(.systemFailure, "the transaction's state cannot be read")
    }
  }

  /// Seconds.
  private static func pause(_ refusal: Refusal) -> Int { max(1, refusal.retryAfter ?? 60) }
}

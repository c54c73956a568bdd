import Credentials
import Issuance
import Registry
import WireFormats

extension CMPService {
  /// ir, cr, kur and p10cr (RFC 9483 §4.1). The same message again gets the same answer; another one may not take the
  /// transaction's name.
  func enroll(
    _ exchange: Exchange, identifier: CertReqID, request: () throws(PKIStatusInfo) -> AskedCertificate
  ) async throws(PKIStatusInfo) -> Answered {
    if let known = try await known(exchange) { return try Self.again(known.state, exchange) }
    let response = exchange.kind.response ?? .cp
    do throws(PKIStatusInfo) {
      let asked = try request()
      let credential = try credential(exchange)
      return try await issue(asked, credential, exchange, identifier: identifier, to: nil)
    } catch {
      // RFC 9483 §4.1.1: why no certificate comes stands in the response to the request.
      return try await seal(.response(response, to: identifier, error), exchange, failure: error)
    }
  }

  /// A request under a transactionID that is known.
  private static func again(_ state: CMPTransaction, _ exchange: Exchange) throws(PKIStatusInfo) -> Answered {
    guard state.identity == exchange.protector.identity, state.requestDigest == exchange.digest else {
      throw .rejection(.transactionIdInUse, "this transactionID was used already")
    }
    guard let answer = state.answer(to: exchange.digest) else {
      // Decision 0037.
      throw .rejection(.transactionIdInUse, "a key is made and sent once, and kept nowhere; begin anew")
    }
    return Answered(message: answer)
  }

  /// A transaction that an operator kept waiting.
  typealias Waiting = (state: CMPTransaction, encoded: [UInt8], first: Exchange)

  /// - Parameter waiting: the transaction that asked first, where this is a poll.
  func issue(
    _ asked: AskedCertificate, _ credential: Credential, _ exchange: Exchange, identifier: CertReqID,
    to waiting: Waiting?
  ) async throws(PKIStatusInfo) -> Answered {
    let first = waiting?.first ?? exchange
    let recipient = try asked.keyKind.map { _ throws(PKIStatusInfo) in try Recipient(of: exchange.protector) }
    let certified: Certified
    do throws(Refusal) {
      let request = EnrollmentRequest(
        asked.requested, credential: credential, door: .cmp, label: first.label, isRenewal: first.kind == .kur,
        serial: nil, address: exchange.client)
      certified = try await certify(request, of: asked.keyKind, to: recipient)
    } catch {
      guard error.code == .pendingApproval else { throw PKIStatusInfo(error) }
      return try await wait(error, exchange, identifier: identifier, waiting)
    }
    let status = PKIStatusInfo(Self.isAsAsked(asked.requested, certified.issued) ? .accepted : .grantedWithMods)
    var reply = Reply.certificate(
      first.kind.response ?? .cp, to: identifier, status, certified,
      caPublications: await anchors(first, certified.issued))
    reply.implicitConfirm = first.header.asksImplicitConfirm
    let sealed = try await sealed(reply, exchange)
    try await keep(certified, sealed, exchange, waiting)
    return Answered(message: sealed.message)
  }

  private func certify(
    _ request: EnrollmentRequest, of kind: ServerKeyKind?, to recipient: Recipient?
  ) async throws(Refusal) -> Certified {
    guard let kind, let recipient else { return Certified(issued: try await enrolling.enroll(request)) }
    guard let keyGeneration else {
      throw .policy("server-key-generation", "keys are not made here; the template needs a public key")
    }
    let made = try await keyGeneration.enroll(request, of: kind, to: recipient)
    return Certified(issued: made.issued, privateKey: made.privateKey)
  }

  private func keep(
    _ certified: Certified, _ sealed: ReplySealer.Sealed, _ exchange: Exchange, _ waiting: Waiting?
  ) async throws(PKIStatusInfo) {
    let first = waiting?.first ?? exchange
    // A key is not kept, not even encrypted: the server knows what it would open with.
    let answer = certified.privateKey == nil ? sealed.message : []
    var state = CMPTransaction(
      stage: first.header.asksImplicitConfirm ? .ended : .unconfirmed, identity: exchange.protector.identity,
      request: [], requestDigest: first.digest, answer: waiting?.state.answer ?? answer, nonce: sealed.nonce,
      certificate: certified.issued.certificate)
    if waiting != nil { (state.laterDigest, state.laterAnswer) = (exchange.digest, answer) }
    try await keep(state, replacing: waiting?.encoded, exchange)
  }

  /// RFC 9810 §5.2.3: whether the certificate differs from what was asked for.
  private static func isAsAsked(_ requested: RequestedCertificate, _ issued: Issued) -> Bool {
    guard !requested.subject.isEmpty else { return true }
    return DistinguishedName(subjectOfCertificate: issued.certificate)?.attributes == requested.subject.attributes
  }

  /// RFC 9810 §5.3.2: caPubs are believed only where a secret that both know protects them.
  private func anchors(_ exchange: Exchange, _ issued: Issued) async -> [[UInt8]] {
    guard case .secret = exchange.protector,
      let certificates = try? await enrolling.authorityChains(label: issued.profile ?? exchange.label)
    else { return [] }
    return certificates.filter { (try? Certificate(parsing: $0))?.isSelfIssued ?? false }
  }

  // MARK: - What is asked, and by whom

  static func request(_ messages: CertReqMessages, _ exchange: Exchange) throws(PKIStatusInfo) -> AskedCertificate {
    if exchange.kind == .kur { try checkOldCertificate(messages, exchange) }
    return try messages.asked()
  }

  static func request(pkcs10 der: [UInt8]) throws(PKIStatusInfo) -> AskedCertificate {
    do throws(CertificationRequestError) {
      return AskedCertificate(requested: try CertificationRequest(parsing: der).requested)
    } catch {
      throw PKIStatusInfo(certificationRequest: error)
    }
  }

  /// RFC 9483 §4.1.3: what is updated is the certificate that protects the request, and oldCertID says the same.
  private static func checkOldCertificate(_ messages: CertReqMessages, _ exchange: Exchange) throws(PKIStatusInfo) {
    guard case .certificate(let certificate, _) = exchange.protector else {
      throw .rejection(.wrongIntegrity, "kur is signed with the key of the certificate that is updated")
    }
    guard let old = messages.oldCertificate else { return }
    guard old.serial == certificate.serial, old.issuer == certificate.issuer.encoded else {
      throw .rejection(.badCertId, "oldCertID is not the certificate that signed the request")
    }
  }

  /// What issuing decides by. A registration authority is known by its certificate's record, and is the only one whose
  /// raVerified counts (RFC 9810 §5.2.8.3.1).
  func credential(_ exchange: Exchange) throws(PKIStatusInfo) -> Credential {
    switch exchange.protector {
    case .nobody: throw .rejection(.badMessageCheck, "this message must be protected, by a secret or a signature")
    case .secret(let name, let secret, _): return .secret(name: name, secret: secret)
    case .certificate(let certificate, let chain): return .certificate(certificate.encoded, chain: chain)
    }
  }
}

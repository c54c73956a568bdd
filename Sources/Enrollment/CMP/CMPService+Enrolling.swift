import Credentials
import Issuance
import Registry
import WireFormats

extension CMPService {
  /// ir, cr, kur and p10cr (RFC 9483 §4.1). The same message again gets the same answer; another one may not take the
  /// transaction's name.
  func enroll(
    _ exchange: Exchange, identifier: CertReqID, request: () throws(PKIStatusInfo) -> RequestedCertificate
  ) async throws(PKIStatusInfo) -> Answered {
    if let known = try await known(exchange) {
      guard known.state.identity == exchange.protector.identity,
        let answer = known.state.answer(to: exchange.digest)
      else { throw .rejection(.transactionIdInUse, "this transactionID was used already") }
      return Answered(message: answer)
    }
    let response = exchange.kind.response ?? .cp
    do throws(PKIStatusInfo) {
      let requested = try request()
      let credential = try credential(exchange)
      return try await issue(requested, credential, exchange, identifier: identifier, to: nil)
    } catch {
      // RFC 9483 §4.1.1: why no certificate comes stands in the response to the request.
      return try await seal(.response(response, to: identifier, error), exchange, failure: error)
    }
  }

  /// - Parameter waiting: the transaction that asked first, where this is a poll.
  func issue(
    _ requested: RequestedCertificate, _ credential: Credential, _ exchange: Exchange, identifier: CertReqID,
    to waiting: (state: CMPTransaction, encoded: [UInt8], first: Exchange)?
  ) async throws(PKIStatusInfo) -> Answered {
    let asked = waiting?.first ?? exchange
    let issued: Issued
    do throws(Refusal) {
      issued = try await enrolling.enroll(
        EnrollmentRequest(
          requested, credential: credential, door: .cmp, label: asked.label, isRenewal: asked.kind == .kur,
          serial: nil, address: exchange.client))
    } catch {
      guard error.code == .pendingApproval else { throw PKIStatusInfo(error) }
      return try await wait(error, exchange, identifier: identifier, waiting)
    }
    let implicit = asked.header.asksImplicitConfirm
    let status = PKIStatusInfo(Self.isAsAsked(requested, issued) ? .accepted : .grantedWithMods)
    var reply = Reply.certificate(
      asked.kind.response ?? .cp, to: identifier, status, issued, caPublications: await anchors(asked, issued))
    reply.implicitConfirm = implicit
    let sealed = try await sealed(reply, exchange)
    var state = CMPTransaction(
      stage: implicit ? .ended : .unconfirmed, identity: exchange.protector.identity, request: [],
      requestDigest: asked.digest, answer: waiting?.state.answer ?? sealed.message, nonce: sealed.nonce,
      certificate: issued.certificate)
    if waiting != nil { (state.laterDigest, state.laterAnswer) = (exchange.digest, sealed.message) }
    try await keep(state, replacing: waiting?.encoded, exchange)
    return Answered(message: sealed.message)
  }

  /// RFC 9810 §5.2.3: whether the certificate differs from what was asked for.
  private static func isAsAsked(_ requested: RequestedCertificate, _ issued: Issued) -> Bool {
    guard !requested.subject.isEmpty else { return true }
    return (try? Certificate(parsing: issued.certificate))?.subject.attributes == requested.subject.attributes
  }

  /// RFC 9810 §5.3.2: caPubs are believed only where a secret that both know protects them.
  private func anchors(_ exchange: Exchange, _ issued: Issued) async -> [[UInt8]] {
    guard case .secret = exchange.protector,
      let certificates = try? await enrolling.authorityChains(label: issued.profile ?? exchange.label)
    else { return [] }
    return certificates.filter { (try? Certificate(parsing: $0))?.isSelfIssued ?? false }
  }

  // MARK: - What is asked, and by whom

  static func request(_ messages: CertReqMessages, _ exchange: Exchange) throws(PKIStatusInfo) -> RequestedCertificate {
    if exchange.kind == .kur { try checkOldCertificate(messages, exchange) }
    return try messages.requested()
  }

  static func request(pkcs10 der: [UInt8]) throws(PKIStatusInfo) -> RequestedCertificate {
    do throws(CertificationRequestError) {
      return try CertificationRequest(parsing: der).requested
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

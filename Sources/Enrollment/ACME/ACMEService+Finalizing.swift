import Credentials
import Issuance
import Registry
import WireFormats

extension ACMEService {
  /// RFC 8555 §7.4. The order is `processing` in the store before anything is issued, so that of two finalize requests
  /// one alone goes on, and a crash leaves an order that the next fetch completes: the right that stands behind it gives
  /// the same key the same certificate.
  func finalize(
    _ id: ACMEObjectID, _ message: ACMEMessage, _ account: ACMEAccountRecord
  ) async throws(ACMEProblem) -> ACMEAnswer {
    let request = try Self.request(try message.object()["csr"])
    let (organization, now) = (organization, now)
    let (found, isMine) = try await transact(message) { writer in
      var order = try Self.order(id, of: account, at: now, in: writer, organization)
      // The same request again: its answer was lost.
      if order.status == .processing || order.status == .valid, order.request == request.encoded {
        return (try OrderInHand(order, of: account, at: now, in: writer, organization), false)
      }
      guard order.status == .ready else {
        throw ACMEProblem(.orderNotReady, "the order is \(order.status.rawValue)")
      }
      (order.status, order.request) = (.processing, request.encoded)
      let found = try OrderInHand(order, of: account, at: now, in: writer, organization)
      try RequestedIdentifiers.check(request, against: order, found.authorizations, accountKey: account.publicKey)
      try writer.update(order, in: organization)
      return (found, true)
    }
    guard isMine else { return found.answer(message.request).after(found.order.status == .processing ? 2 : nil) }
    return try await complete(found, request, of: account, message.request, isPolled: false)
  }

  private static func request(_ value: JSONValue?) throws(ACMEProblem) -> CertificationRequest {
    guard let text = value?.text, let der = Base64.decodeJOSE(text) else {
      throw ACMEProblem(.malformed, "\"csr\" is a certification request in base64url")
    }
    let request: CertificationRequest
    do throws(CertificationRequestError) {
      request = try CertificationRequest(parsing: der)
    } catch {
      throw ACMEProblem(.badCSR, Refusal(certificationRequest: error).reason)
    }
    guard let proven = request.proven else {
      throw ACMEProblem(.badCSR, "the request is not signed by the key that it carries")
    }
    return proven
  }

  /// Asks for the certificate of an order that is `processing`, and writes down what came of it.
  ///
  /// - Parameters:
  ///   - asked: what the order was finalized with.
  ///   - isPolled: whether the client is told by its order, and not by this answer, that it was refused.
  func complete(
    _ found: OrderInHand, _ asked: CertificationRequest?, of account: ACMEAccountRecord, _ request: ACMERequest,
    isPolled: Bool
  ) async throws(ACMEProblem) -> ACMEAnswer {
    let issued: Issued
    do throws(Refusal) {
      issued = try await around.enrolling.enroll(try await enrollment(for: found, asked, of: account, request.address))
    } catch {
      return try await refused(error, found, request, isPolled: isPolled)
    }
    return try await record(found) { order, writer, organization in
      guard let record = try writer.certificate(fingerprint: Fingerprint.of(issued.certificate), in: organization)
      else {
        throw Refusal(.unavailable, "the certificate is not in the store")
      }
      order.status = .valid
      order.outcome = .init(authority: record.authority, serial: record.serial)
      order.expiresAt = record.notAfter + Self.remembrance
    }.answer(request)
  }

  private func refused(
    _ refusal: Refusal, _ found: OrderInHand, _ request: ACMERequest, isPolled: Bool
  ) async throws(ACMEProblem) -> ACMEAnswer {
    let problem = ACMEProblem(refusal)
    switch refusal.code {
    case .pendingApproval, .unavailable, .throttled:
      // It stays `processing`; each fetch asks again.
      return found.answer(request).after(problem.retryAfter)
    case .badRequest, .proofOfPossession, .unauthenticated, .forbidden, .notFound, .conflict, .policy, .suspended,
      .retired, .revoked, .expired, .exhausted, .keyReuse:
      let after = try await record(found) { order, _, _ in
        // A request that the profile refuses may be followed by a better one.
        order.status = isPolled ? .invalid : .ready
        if isPolled { order.problem = problem.text } else { order.request = nil }
      }
      guard isPolled else { throw problem }
      return after.answer(request)
    }
  }

  /// Changes an order while it is `processing`; one that another process completed stays as that left it.
  private func record(
    _ found: OrderInHand,
    _ change: @Sendable @escaping (inout ACMEOrderRecord, any StoreWriter, OrganizationID) throws -> Void
  ) async throws(ACMEProblem) -> OrderInHand {
    let organization = organization
    do {
      var after = found
      after.order = try await store.write { writer in
        guard var current = try writer.acmeOrder(found.order.id, in: organization) else {
          throw ACMEProblem(.malformed, "there is no such order", status: 404)
        }
        guard current.status == .processing else { return current }
        try change(&current, writer, organization)
        try writer.update(current, in: organization)
        return current
      }
      return after
    } catch {
      throw .from(error)
    }
  }

  /// RFC 8555 §7.4.2.
  func certificate(
    _ id: ACMEObjectID, _ message: ACMEMessage, _ account: ACMEAccountRecord
  ) async throws(ACMEProblem) -> ACMEAnswer {
    guard message.isFetch else { throw ACMEProblem(.malformed, "a certificate is fetched, with an empty payload") }
    let (organization, now) = (organization, now)
    let record = try await transact(message) { writer in
      let order = try Self.order(id, of: account, at: now, in: writer, organization)
      guard let outcome = order.outcome,
        let record = try writer.certificate(authority: outcome.authority, serial: outcome.serial, in: organization)
      else { throw ACMEProblem(.orderNotReady, "the order has no certificate", status: 404) }
      return record
    }
    let chain = [record.encoded] + around.chain(record.authority)
    let text = chain.map { PEM(label: "CERTIFICATE", bytes: $0).text }.joined()
    return ACMEAnswer(status: 200, contentType: "application/pem-certificate-chain", body: Array(text.utf8))
  }
}

// Under which right a certificate is asked for.
extension ACMEService {
  private func enrollment(
    for found: OrderInHand, _ asked: CertificationRequest?, of account: ACMEAccountRecord, _ address: String
  ) async throws(Refusal) -> EnrollmentRequest {
    guard let asked, let requested = try? RequestedIdentifiers.completed(asked, by: found.order) else {
      throw Refusal(.unavailable, "the order's request cannot be read")
    }
    let (credential, serial) = try await credential(for: found, of: account)
    var isRenewal = false
    if case .certificate = credential { isRenewal = true }
    return EnrollmentRequest(
      requested, credential: credential, door: .acme, label: found.order.profile, isRenewal: isRenewal, serial: serial,
      residence: found.residence(of: asked.publicKey), keyOrigin: found.keyOrigin(of: asked.publicKey),
      address: address)
  }

  /// The account stands for whoever was given the secret: its first certificate for these names uses that up, and the
  /// next renews the one before.
  private func credential(
    for found: OrderInHand, of account: ACMEAccountRecord
  ) async throws(Refusal) -> (Credential, serial: String?) {
    guard let binding = account.binding else { return (.challenge(order: found.order.id.rawValue), nil) }
    let footing = try found.footing.get()
    if let renewed = footing.renewed { return (.certificate(renewed.encoded, chain: []), nil) }
    guard let secret = try await secret(of: binding) else {
      throw Refusal(.unauthenticated, "the secret that this account was bound with is not in force any more")
    }
    return (.secret(name: binding.name, secret: secret), footing.serial)
  }
}

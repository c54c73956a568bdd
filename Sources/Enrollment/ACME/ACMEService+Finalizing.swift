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
    let (order, isMine) = try await transact(message) { writer in
      var order = try Self.order(id, of: account, at: now, in: writer, organization)
      // The same request again: its answer was lost.
      if order.status == .processing || order.status == .valid, order.request == request.encoded {
        return (order, false)
      }
      guard order.status == .ready else {
        throw ACMEProblem(.orderNotReady, "the order is \(order.status.rawValue)")
      }
      let authorizations = try writer.acmeAuthorizations(ofOrder: id, in: organization)
      try RequestedIdentifiers.check(request, against: order, authorizations, accountKey: account.publicKey)
      (order.status, order.request) = (.processing, request.encoded)
      try writer.update(order, in: organization)
      return (order, true)
    }
    guard isMine else { return try await answer(order, message.request).after(order.status == .processing ? 2 : nil) }
    return try await complete(order, of: account, message.request, isPolled: false)
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
    guard request.verifyProofOfPossession() else {
      throw ACMEProblem(.badCSR, "the request is not signed by the key that it carries")
    }
    return request
  }

  /// Asks for the certificate of an order that is `processing`, and writes down what came of it.
  ///
  /// - Parameter isPolled: whether the client is told by its order, and not by this answer, that it was refused.
  func complete(
    _ order: ACMEOrderRecord, of account: ACMEAccountRecord, _ request: ACMERequest, isPolled: Bool
  ) async throws(ACMEProblem) -> ACMEAnswer {
    let issued: Issued
    do throws(Refusal) {
      issued = try await around.enrolling.enroll(try await enrollment(for: order, of: account, request.address))
    } catch {
      return try await refused(error, order, request, isPolled: isPolled)
    }
    let done = try await record(order) { order, writer, organization in
      guard let record = try writer.certificate(fingerprint: Fingerprint.of(issued.certificate), in: organization)
      else {
        throw Refusal(.unavailable, "the certificate is not in the store")
      }
      order.status = .valid
      order.outcome = .init(authority: record.authority, serial: record.serial)
      order.expiresAt = record.notAfter + Self.remembrance
    }
    return try await answer(done, request)
  }

  private func refused(
    _ refusal: Refusal, _ order: ACMEOrderRecord, _ request: ACMERequest, isPolled: Bool
  ) async throws(ACMEProblem) -> ACMEAnswer {
    let problem = ACMEProblem(refusal)
    switch refusal.code {
    case .pendingApproval, .unavailable, .throttled:
      // It stays `processing`; each fetch asks again.
      return try await answer(order, request).after(problem.retryAfter)
    case .badRequest, .proofOfPossession, .unauthenticated, .forbidden, .notFound, .conflict, .policy, .suspended,
      .retired, .revoked, .expired, .exhausted, .keyReuse:
      let after = try await record(order) { order, _, _ in
        // A request that the profile refuses may be followed by a better one.
        order.status = isPolled ? .invalid : .ready
        if isPolled { order.problem = problem.text } else { order.request = nil }
      }
      guard isPolled else { throw problem }
      return try await answer(after, request)
    }
  }

  /// Changes an order while it is `processing`; one that another process completed stays as that left it.
  private func record(
    _ order: ACMEOrderRecord,
    _ change: @Sendable @escaping (inout ACMEOrderRecord, any StoreWriter, OrganizationID) throws -> Void
  ) async throws(ACMEProblem) -> ACMEOrderRecord {
    let organization = organization
    do {
      return try await store.write { writer in
        guard var current = try writer.acmeOrder(order.id, in: organization) else {
          throw ACMEProblem(.malformed, "there is no such order", status: 404)
        }
        guard current.status == .processing else { return current }
        try change(&current, writer, organization)
        try writer.update(current, in: organization)
        return current
      }
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
    for order: ACMEOrderRecord, of account: ACMEAccountRecord, _ address: String
  ) async throws(Refusal) -> EnrollmentRequest {
    guard let encoded = order.request, let request = try? CertificationRequest(parsing: encoded),
      let requested = try? RequestedIdentifiers.completed(request, by: order)
    else {
      throw Refusal(.unavailable, "the order's request cannot be read")
    }
    let (credential, serial) = try await credential(for: order, of: account)
    var isRenewal = false
    if case .certificate = credential { isRenewal = true }
    let shown = try await shown(of: request, for: order)
    return EnrollmentRequest(
      requested, credential: credential, door: .acme, label: order.profile, isRenewal: isRenewal, serial: serial,
      residence: shown.residence, keyOrigin: shown.origin, address: address)
  }

  /// A device's statement about just this key (draft-ietf-acme-device-attest-07 §5), and which of our TPMs made it, where
  /// one did.
  private func shown(
    of request: CertificationRequest, for order: ACMEOrderRecord
  ) async throws(Refusal) -> (origin: CertificateRecord.KeyOrigin, residence: KeyResidence?) {
    let organization = organization
    let keyHash = request.publicKey.keyHash
    do {
      return try await store.read { reader in
        let statements = try reader.acmeAuthorizations(ofOrder: order.id, in: organization)
          .filter { $0.attestedKeyHash == keyHash }
        for statement in statements {
          guard let tpm = try EnrolledTPM.find(statement, in: reader, of: organization) else { continue }
          return (.attested, tpm.residence(of: keyHash))
        }
        return (statements.isEmpty ? .software : .attested, nil)
      }
    } catch {
      throw .from(error)
    }
  }

  /// The account stands for whoever was given the secret: its first certificate for these names uses that up, and the
  /// next renews the one before.
  private func credential(
    for order: ACMEOrderRecord, of account: ACMEAccountRecord
  ) async throws(Refusal) -> (Credential, serial: String?) {
    guard let binding = account.binding else { return (.challenge(order: order.id.rawValue), nil) }
    let (organization, now) = (organization, now)
    let (earlier, serial): (CertificateRecord?, String?)
    do {
      (earlier, serial) = try await store.read { reader in
        let serial = try BindingScope(binding, in: reader, of: organization).serial(for: order.identifiers)
        return (try Self.renewed(by: order, of: account, at: now, in: reader, organization), serial)
      }
    } catch {
      throw (error as? ACMEProblem).map { Refusal(.unauthenticated, $0.detail) } ?? Refusal.from(error)
    }
    if let earlier { return (.certificate(earlier.encoded, chain: []), nil) }
    guard let secret = try await secret(of: binding) else {
      throw Refusal(.unauthenticated, "the secret that this account was bound with is not in force any more")
    }
    return (.secret(name: binding.name, secret: secret), serial)
  }

  /// The account's own certificate that this order follows: the one that it says it replaces, or the last for the same
  /// names.
  private static func renewed(
    by order: ACMEOrderRecord, of account: ACMEAccountRecord, at now: Instant, in reader: any StoreReader,
    _ organization: OrganizationID
  ) throws -> CertificateRecord? {
    if let replaces = order.replaces, let record = try replaced(replaces, in: reader, organization) {
      return record.profile == order.profile ? record : nil
    }
    guard let last = try reader.lastACMEOrder(of: account.id, for: order.identifiers, in: organization),
      let outcome = last.outcome,
      let record = try reader.certificate(authority: outcome.authority, serial: outcome.serial, in: organization)
    else { return nil }
    return record.profile == order.profile && record.status == .good ? record : nil
  }
}

import Credentials
import Issuance
import Registry
import WireFormats

extension ACMEService {
  /// RFC 8555 §7.6: by the account that ordered it, by one that shows control of all its names now, or by its own key.
  func revokeCertificate(_ message: ACMEMessage) async throws(ACMEProblem) -> ACMEAnswer {
    let payload = try message.object()
    guard let text = payload["certificate"]?.text, let der = Base64.decodeJOSE(text),
      let certificate = try? Certificate(parsing: der)
    else { throw ACMEProblem(.malformed, "\"certificate\" is a certificate in base64url") }
    let reason = try Self.reason(payload["reason"])
    let organization = organization
    let now = now
    let (record, holder) = try await transact(message) { writer in
      guard let record = try writer.certificate(fingerprint: Fingerprint.of(der), in: organization),
        record.profile == message.request.profile
      else { throw ACMEProblem(.malformed, "this certificate was not issued under this directory", status: 404) }
      let holder = try Self.holder(of: record, certificate, message, at: now, in: writer, organization)
      guard record.status != .revoked else { throw ACMEProblem(.alreadyRevoked, "the certificate is revoked") }
      return (record, holder)
    }
    do throws(Refusal) { try await around.revoke(record, reason, holder, message.request.address) } catch {
      throw ACMEProblem(error)
    }
    return ACMEAnswer(status: 200)
  }

  private static func reason(_ value: JSONValue?) throws(ACMEProblem) -> RevocationReason {
    guard let value else { return .unspecified }
    guard case .integer(let code) = value, let number = Int(exactly: code),
      let reason = RevocationReason(rawValue: number), CertificateService.reasons.contains(reason)
    else { throw ACMEProblem(.badRevocationReason, "this is no reason for one certificate (RFC 5280, 5.3.1)") }
    return reason
  }

  /// How whoever asks showed that it is theirs.
  private static func holder(
    of record: CertificateRecord, _ certificate: Certificate, _ message: ACMEMessage, at now: Instant,
    in reader: any StoreReader, _ organization: OrganizationID
  ) throws -> Holder {
    switch message.signer {
    case .key(_, let key):
      guard key.encoded == certificate.subjectPublicKeyInfo else {
        throw ACMEProblem(.unauthorized, "the certificate is for another key")
      }
      return .key
    case .account(let account):
      let order = try reader.acmeOrder(certificate: record.serial, authority: record.authority, in: organization)
      if let order, order.account == account.id { return .account(account.id) }
      guard try controls(account, all: certificate, at: now, in: reader, organization) else {
        throw ACMEProblem(.unauthorized, "the certificate is another account's")
      }
      return .account(account.id)
    }
  }

  /// Whether an order of this account holds valid authorizations for every name of the certificate.
  private static func controls(
    _ account: ACMEAccountRecord, all certificate: Certificate, at now: Instant, in reader: any StoreReader,
    _ organization: OrganizationID
  ) throws -> Bool {
    var names: [ACMEIdentifier] = []
    for name in certificate.subjectAlternativeNames {
      switch name {
      case .dnsName(let text): names.append(ACMEIdentifier(.dns, text.lowercased()))
      case .ipAddress: names.append(ACMEIdentifier(.ip, String(name.description.dropFirst(3))))
      case .otherName, .uri, .email, .directoryName, .registeredID, .other: return false
      }
    }
    guard !names.isEmpty,
      let order = try reader.lastACMEOrder(of: account.id, for: Set(names).sorted(), in: organization)
    else { return false }
    return try reader.acmeAuthorizations(ofOrder: order.id, in: organization).allSatisfy {
      $0.status == .valid && now < $0.expiresAt
    }
  }
}

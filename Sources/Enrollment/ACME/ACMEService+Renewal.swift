import Credentials
import Issuance
import Registry
import WireFormats

/// RFC 9773 (ARI).
extension ACMEService {
  static let alreadyReplaced = ACMEProblem(.alreadyReplaced, "another order replaces this certificate already")

  /// RFC 9773 §4.2: when to renew, as the profile has it; at once when the certificate is not good any more.
  func renewalInfo(_ name: String) async throws(ACMEProblem) -> ACMEAnswer {
    let organization = organization
    let found: (certificate: CertificateRecord, profile: ProfileRecord?)?
    do {
      found = try await store.read { reader in
        guard let record = try Self.replaced(name, in: reader, organization) else { return nil }
        return (record, try reader.profile(record.profile, in: organization))
      }
    } catch { throw .from(error) }
    guard let found else { throw ACMEProblem(.malformed, "no certificate of this name was issued here", status: 404) }
    let renewal: Profile.Renewal?
    do throws(Refusal) {
      renewal = try found.profile.map { record throws(Refusal) in try around.catalog.prepare(record).profile.renewal }
    } catch { throw ACMEProblem(error) }
    guard found.certificate.status != .good || renewal?.allowed ?? false else {
      throw ACMEProblem(
        .malformed, "certificates of profile \(found.certificate.profile) are never renewed", status: 404)
    }
    let window = Self.window(of: found.certificate, renewal, at: now)
    let body: JSONValue = [
      "suggestedWindow": ["start": .string(window.start.description), "end": .string(window.end.description)]
    ]
    // RFC 9773 §4.3: often enough to learn of a revocation in time.
    let lifetime = found.certificate.notAfter - found.certificate.notBefore
    return ACMEAnswer.json(body).after(Int(clamping: min(21_600, max(60, lifetime.seconds / 24))))
  }

  /// The first half of the profile's own renewal window, so that a second attempt has time.
  private static func window(
    of certificate: CertificateRecord, _ renewal: Profile.Renewal?, at now: Instant
  ) -> (start: Instant, end: Instant) {
    guard certificate.status == .good, let renewal else { return (now - .hours(2), now - .hours(1)) }
    let start = max(certificate.notBefore, certificate.notAfter - renewal.window)
    let half = Span(milliseconds: (certificate.notAfter - start).milliseconds / 2)
    return (start, max(start + half, start + .seconds(1)))
  }

  /// The certificate that `base64url(AKI) "." base64url(serial)` names (RFC 9773 §4.1); nil for what is none of ours.
  static func replaced(
    _ name: String, in reader: any StoreReader, _ organization: OrganizationID
  ) throws -> CertificateRecord? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    // The serial's DER value: a leading zero octet belongs to it.
    guard parts.count == 2, name.utf8.count <= 128, let key = Base64.decodeJOSE(String(parts[0])),
      let content = Base64.decodeJOSE(String(parts[1])), let serial = SerialNumber(integerContent: content),
      content.first != 0 || (content.count > 1 && content[1] >= 0x80)
    else {
      throw ACMEProblem(.malformed, "a certificate's name is its key identifier and serial number (RFC 9773, 4.1)")
    }
    return try reader.certificates(serial: serial, in: organization).first {
      (try? Certificate(parsing: $0.encoded))?.authorityKeyIdentifier == key
    }
  }

  /// RFC 9773 §5: the certificate is the account's own, shares a name with the order, and is replaced once.
  static func checkReplaced(
    _ name: String, by account: ACMEAccountRecord, _ identifiers: [ACMEIdentifier], in reader: any StoreReader,
    _ organization: OrganizationID
  ) throws {
    guard let record = try replaced(name, in: reader, organization),
      let order = try reader.acmeOrder(certificate: record.serial, authority: record.authority, in: organization),
      order.account == account.id
    else { throw ACMEProblem(.malformed, "\"replaces\" names no certificate of this account", status: 404) }
    guard !Set(order.identifiers).isDisjoint(with: identifiers) else {
      throw ACMEProblem(.malformed, "\"replaces\" names a certificate with other names")
    }
    guard try reader.acmeOrder(replacing: name, in: organization) == nil else { throw alreadyReplaced }
  }
}

import Credentials
import Crypto
import Registry
import WireFormats

/// Takes over what an authority issued before it was continued here: certificates, the devices that they name, and
/// their revocations.
public struct CertificateImport: Sendable {
  let authority: AuthorityID
  let profile: String

  /// - Parameter profile: under which the devices renew from now on.
  public init(authority: AuthorityID, profile: String) {
    self.authority = authority
    self.profile = profile
  }

  /// Certificates that are no device's are kept under this name. There is no such profile, so that none of them renews.
  static let other = ProfileName(rawValue: "imported")

  /// A refused line stops no other. What is there already stays as it is, but for revocations, which are added.
  public func importing(_ lines: [ImportedCertificate]) -> AdministrativeAct<CertificateImportOutcome> {
    AdministrativeAct("certificate.import", on: "authority:\(authority)") { context in
      let books = try Books(self, in: context)
      var outcome = CertificateImportOutcome()
      for line in lines {
        do throws(Refusal) {
          try books.take(line, &outcome)
        } catch {
          guard error.code != .unavailable else { throw error }
          outcome.refused.append(DeviceImportOutcome.Line(number: line.line, reason: error.reason))
        }
      }
      return outcome
    }
  }

  /// Takes over the last CRL: its revocations stand at once, and the next number is greater.
  public static func list(
    _ encoded: [UInt8], of id: AuthorityID
  ) -> AdministrativeAct<CertificateImportOutcome> {
    AdministrativeAct("crl.import", on: "authority:\(id)") { context in
      let books = try Books(authority: id, profile: nil, in: context)
      let list = try ContinuedAuthority.list(encoded, of: books.issuer)
      var outcome = CertificateImportOutcome()
      for entry in list.entries where entry.reason != .removeFromCRL {
        let isNew = try books.revoke(entry.serial, at: entry.revokedAt, reason: entry.reason)
        if isNew { outcome.revoked += 1 } else { outcome.unchanged += 1 }
      }
      if let number = list.number {
        try context.writer.raiseCRLNumber(of: id, to: number, in: context.organization)
      }
      var details = ["revocations": "\(outcome.revoked)"]
      details["number"] = list.number.map { "\($0)" }
      try context.record("crl.import", subject: "authority:\(id)", details: details)
      return outcome
    }
  }
}

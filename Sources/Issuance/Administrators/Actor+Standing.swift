import Registry
import WireFormats

extension Actor {
  /// Whether this is still an administrator in the role that it acts in. A request may be long under way: what was
  /// looked up at its beginning is looked up again in the transaction that acts.
  ///
  /// - Throws: `forbidden` for one that was removed, has another role now or is out of its time, `revoked` and
  ///   `suspended` by its certificate's standing; store errors.
  func checkStanding(in reader: any StoreReader, of organization: OrganizationID, at time: Instant) throws {
    // The installation itself has no certificate and no record.
    guard !fingerprint.isEmpty else { return }
    guard let record = try reader.administrator(fingerprint: fingerprint, in: organization), record.removedAt == nil
    else { throw Refusal(.forbidden, "this certificate is no administrator's") }
    guard record.role == role else { throw Refusal(.forbidden, "this administrator has another role now") }
    guard let certificate = try reader.certificate(fingerprint: fingerprint, in: organization) else { return }
    try certificate.checkAdministers()
    guard certificate.notBefore <= time, time <= certificate.notAfter else {
      throw Refusal(.forbidden, "this administrator's certificate is out of its time")
    }
  }
}

extension CertificateRecord {
  /// Throws `revoked` or `suspended` when it is an administrator's and may not be used.
  func checkAdministers() throws(Refusal) {
    switch status {
    case .revoked: throw Refusal(.revoked, "this administrator's certificate is revoked")
    case .held: throw Refusal(.suspended, "this administrator's certificate is on hold")
    case .good: break
    }
  }
}

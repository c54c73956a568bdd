import Registry

extension AdministratorService {
  /// The registration authority whose certificate this is, by its record; nil for anybody else's. Whoever lost its
  /// right, or shows a certificate that is out of its time, is refused.
  public func registrationAuthority(certificate: [UInt8]) async throws(Refusal) -> Actor? {
    let fingerprint = Fingerprint.of(certificate)
    let record: AdministratorRecord?
    do {
      record = try await store.read { [organization] in try $0.administrator(fingerprint: fingerprint, in: organization)
      }
    } catch {
      throw Refusal.from(error)
    }
    guard let record, record.role == .registrationAuthority else { return nil }
    return try await authenticate(certificate: certificate)
  }
}

import Credentials
import Crypto
import Registry
import WireFormats

/// Who administers: decided from records at each request, so that removing one acts on the next.
public struct AdministratorService: Sendable {
  let store: any Store
  let organization: OrganizationID
  private let now: Clock

  public init(store: any Store, organization: OrganizationID, clock: @escaping Clock) {
    self.store = store
    self.organization = organization
    now = clock
  }

  /// The administrator whose certificate this is; the transport has proved that its key is held.
  ///
  /// - Parameter certificate: DER; nil when none was shown.
  /// - Throws: `unauthenticated` without a certificate, `forbidden` for one that is no administrator's, was removed or
  ///   is out of its time, `revoked` and `suspended` by its own standing, `unavailable`.
  public func authenticate(certificate: [UInt8]?) async throws(Refusal) -> Actor {
    guard let certificate else {
      throw Refusal(
        .unauthenticated, "this needs an administrator's certificate, and none was shown",
        hint: "touchmark commands find it under --data or by --identity; curl takes --cert and --key")
    }
    let fingerprint = Array(SHA256.hash(data: certificate))
    let found: Found
    do {
      found = try await store.read { [organization] reader in
        Found(
          administrator: try reader.administrator(fingerprint: fingerprint, in: organization),
          certificate: try reader.certificate(fingerprint: fingerprint, in: organization))
      }
    } catch {
      throw Refusal.from(error)
    }
    guard let administrator = found.administrator, administrator.removedAt == nil else {
      throw Refusal(.forbidden, "this certificate is no administrator's")
    }
    try checkStanding(found.certificate, encoded: certificate)
    return Actor(name: administrator.name, role: Actor.Role(administrator.role), fingerprint: fingerprint)
  }

  private struct Found: Sendable {
    let administrator: AdministratorRecord?
    let certificate: CertificateRecord?
  }

  private func checkStanding(_ record: CertificateRecord?, encoded: [UInt8]) throws(Refusal) {
    try record?.checkAdministers()
    // The record decides who it is; the dates are in the certificate, whoever issued it.
    guard let certificate = try? Certificate(parsing: encoded) else {
      throw Refusal(.forbidden, "the client certificate cannot be read")
    }
    let time = now()
    guard certificate.notBefore <= time, time <= certificate.notAfter else {
      throw Refusal(
        .forbidden, "this administrator's certificate is out of its time",
        hint: "another administrator can make a new one, or use touchmark admin recover on the machine itself")
    }
  }
}

extension Actor.Role {
  init(_ role: AdministratorRecord.Role) {
    switch role {
    case .administrator: self = .administrator
    case .operator: self = .operator
    case .station: self = .station
    case .auditor: self = .auditor
    case .registrationAuthority: self = .registrationAuthority
    }
  }
}

import Credentials
import WireFormats

extension DeviceMemory {
  /// Whether a server that shows this chain in its TLS handshake may be spoken to.
  ///
  /// It has to chain to a root that is held, bear the name that was called, and show id-kp-cmcRA (RFC 7030 §3.6.1),
  /// which no device's certificate has: another device of the same fleet cannot play the server.
  ///
  /// - Parameters:
  ///   - chain: As it came, the server's own certificate first.
  ///   - host: The name or address that was called.
  ///   - clock: The device's own clock.
  public func trusts(server chain: [Certificate], called host: GeneralName, at clock: Instant) -> Bool {
    guard let server = chain.first, server.extendedKeyUsages.contains(ExtendedKeyUsage.cmcRA),
      server.subjectAlternativeNames.contains(host)
    else { return false }
    return verifies(server, through: Array(chain.dropFirst()), at: clock)
  }

  /// Whether a path leads from the certificate to a root that is held.
  func verifies(_ certificate: Certificate, through others: [Certificate], at clock: Instant) -> Bool {
    (try? path(from: certificate, through: others, at: clock)) != nil
  }

  /// The path from the certificate to a root that is held.
  func path(
    from certificate: Certificate, through others: [Certificate], at clock: Instant
  ) throws(CertificationPathError) -> CertificationPath {
    let intermediates = Self.issuers(of: certificate, among: others)
    let time = DeviceTime(clock: clock, memory: self).moment(for: [certificate] + intermediates)
    return try CertificationPath.verify(leaf: certificate, intermediates: intermediates, anchors: roots, at: time)
  }

  /// Those that may stand above it, by their names: an answer after several rollovers holds more than a path may have.
  private static func issuers(of certificate: Certificate, among others: [Certificate]) -> [Certificate] {
    var found: [Certificate] = []
    var names = [certificate.issuer]
    while let name = names.popLast(), found.count < CertificationPath.maximumIntermediates {
      for other in others where other.subject == name && !found.contains(other) {
        found.append(other)
        names.append(other.issuer)
      }
    }
    return Array(found.prefix(CertificationPath.maximumIntermediates))
  }
}

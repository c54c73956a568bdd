import Credentials
import WireFormats

extension DeviceMemory {
  /// Checks the chain that a peer showed, with nobody online to ask: the path to a root that is held, what the
  /// certificate is for, and the newest stored evidence of its standing; and says who it is.
  ///
  /// That the peer holds the certificate's key is TLS's to prove, before this is asked.
  ///
  /// - Parameters:
  ///   - chain: As it came, the peer's own certificate first.
  ///   - issuers: More certificates that may stand on the path: the device's own chain.
  ///   - clock: The device's own, right or wrong.
  public func verify(
    peer chain: [Certificate], issuers: [Certificate] = [], for requirements: PeerRequirements,
    evidence: RevocationEvidence, at clock: Instant
  ) throws(PeerRefusal) -> Peer {
    guard let certificate = chain.first, !certificate.isAuthority else { throw .noCertificate }
    let path: CertificationPath
    do {
      path = try self.path(from: certificate, through: Array(chain.dropFirst()) + issuers, at: clock)
    } catch {
      throw .path(error)
    }
    try Self.check(certificate, for: requirements)
    let standing = try standing(of: path, evidence, oldest: requirements.oldestEvidence, at: clock)
    return Peer(certificate: certificate, path: path, standing: standing)
  }

  private static func check(
    _ certificate: Certificate, for requirements: PeerRequirements
  ) throws(PeerRefusal) {
    // RFC 8446 §4.4.2.2: a certificate that states usages has to allow signatures.
    guard certificate.keyUsage?.contains(.digitalSignature) ?? true else { throw .purpose }
    if let purpose = requirements.purpose, !certificate.extendedKeyUsages.contains(purpose) { throw .purpose }
    if !requirements.policies.isEmpty, requirements.policies.isDisjoint(with: certificate.policies) { throw .policy }
    guard !requirements.names.isEmpty else { return }
    let name = Peer.name(in: certificate)
    let borne = [name].compactMap { $0 } + certificate.subjectAlternativeNames.map(\.plainText)
    guard !requirements.names.isDisjoint(with: borne) else { throw .name(name) }
  }

  private func standing(
    of path: CertificationPath, _ evidence: RevocationEvidence, oldest: Span?, at clock: Instant
  ) throws(PeerRefusal) -> Peer.Standing? {
    var standing: Peer.Standing?
    for (index, (certificate, issuer)) in zip(path.certificates, path.certificates.dropFirst()).enumerated() {
      guard let finding = evidence.finding(on: certificate, issuedBy: issuer) else { continue }
      if let revoked = finding.revoked {
        throw index == 0 ? .revoked(at: revoked.at, revoked.reason) : .authorityRevoked(at: revoked.at)
      }
      guard index == 0 else { continue }
      standing = .init(source: finding.source, asOf: finding.asOf, age: age(of: finding.asOf, at: clock))
    }
    guard let oldest else { return standing }
    guard let standing else { throw .noEvidence }
    guard let age = standing.age, age <= oldest else { throw .evidenceTooOld(asOf: standing.asOf) }
    return standing
  }

  private func age(of moment: Instant, at clock: Instant) -> Span? {
    guard case .known(let now) = DeviceTime(clock: clock, memory: self) else { return nil }
    // The evidence is newer than the clock: then the clock is behind, and the evidence fresh.
    return max(now - moment, .seconds(0))
  }
}

extension Certificate {
  /// The identifiers in CertificatePolicies (RFC 5280 §4.2.1.4); none when that is absent or not well formed.
  var policies: Set<ObjectIdentifier> {
    guard let item = firstExtension(ExtensionID.certificatePolicies) else { return [] }
    var outer = DERReader(item.value)
    guard var list = try? outer.readSequence() else { return [] }
    var found: Set<ObjectIdentifier> = []
    while !list.isAtEnd {
      guard var information = try? list.readSequence(), let policy = try? information.readObjectIdentifier() else {
        return []
      }
      found.insert(policy)
    }
    return found
  }
}

extension GeneralName {
  /// The name alone, without the word for its kind.
  fileprivate var plainText: String {
    switch self {
    case .dnsName(let text), .uri(let text), .email(let text): text
    default: description
    }
  }
}

/// Whether a certificate leads to an anchor (RFC 5280 §6.1), as far as a device needs it.
///
/// Left out, and therefore refused where they are critical: name constraints, policy constraints and mappings. Revocation
/// is a question of its own, for `RevocationListView`.
public struct PathCheck<Verifier: SignatureVerifier> {
  /// Certificates one after the other, in any order, of which some may help.
  public let intermediates: ByteView
  /// Trusted certificates one after the other. RFC 5937 §3: what an anchor's certificate says of itself is held to.
  public let anchors: ByteView
  /// Nil where a device does not know the time: then no validity is looked at, and everything else is.
  public let time: UnixTime?
  public let purpose: KeyPurpose
  public let verifier: Verifier

  private var signatures = 0
  /// The last reason why an issuer did not serve.
  private var reason = PathError.noIssuer

  public init(intermediates: ByteView, anchors: ByteView, time: UnixTime?, purpose: KeyPurpose, verifier: Verifier) {
    (self.intermediates, self.anchors, self.time) = (intermediates, anchors, time)
    (self.purpose, self.verifier) = (purpose, verifier)
  }

  public mutating func check(_ leaf: CertificateView) throws(PathError) {
    (signatures, reason) = (0, .noIssuer)
    try checkItself(leaf)
    // RFC 5280 §4.2.1.3: TLS signs with this key.
    if purpose != .any, let usage = leaf.extensions.keyUsage, !usage.contains(.digitalSignature) { throw .wrongPurpose }
    guard try leads(leaf, authorities: 0, length: 1) else { throw reason }
  }

  /// What every certificate of a path must fulfill.
  private func checkItself(_ certificate: CertificateView) throws(PathError) {
    if let time {
      if time.seconds < certificate.notBefore.seconds { throw .notYetValid }
      if time.seconds > certificate.notAfter.seconds { throw .expired }
    }
    if certificate.extensions.hasUnknownCritical { throw .unknownCriticalExtension }
    // Purposes of an authority bind what it issues, as every TLS stack reads them.
    if !certificate.extensions.allows(purpose) { throw .wrongPurpose }
  }

  /// What only an issuer must fulfill.
  ///
  /// - Parameter authorities: How many authorities that are not self-issued stand between it and the leaf.
  private func checkAsIssuer(_ issuer: CertificateView, authorities: Int32) throws(PathError) {
    guard issuer.extensions.isAuthority else { throw .notAnAuthority }
    if let usage = issuer.extensions.keyUsage, !usage.contains(.keyCertSign) { throw .mayNotSignCertificates }
    let limit = issuer.extensions.pathLength
    if limit >= 0, authorities > limit { throw .pathTooLong }
  }

  /// Whether some anchor issued it, or some intermediate that leads to one. At most `FormatLimits.path` calls deep.
  private mutating func leads(
    _ certificate: CertificateView, authorities: Int32, length: Int
  ) throws(PathError) -> Bool {
    guard length < FormatLimits.path else {
      reason = .pathTooLong
      return false
    }
    if try isIssued(certificate, byOneOf: anchors, areAnchors: true, authorities: authorities, length: length) {
      return true
    }
    return try isIssued(
      certificate, byOneOf: intermediates, areAnchors: false, authorities: authorities, length: length)
  }

  private mutating func isIssued(
    _ certificate: CertificateView, byOneOf bundle: ByteView, areAnchors: Bool, authorities: Int32, length: Int
  ) throws(PathError) -> Bool {
    var candidates = CertificateCursor(bundle)
    while let candidate = candidates.next() {
      guard let issuer = try? CertificateView(parsing: candidate), isNamed(issuer, in: certificate) else { continue }
      do throws(PathError) {
        try checkItself(issuer)
        try checkAsIssuer(issuer, authorities: authorities)
        try checkSignature(of: certificate, by: issuer)
      } catch {
        if error == .tooManySignatures { throw error }
        reason = error
        continue
      }
      if areAnchors { return true }
      // RFC 5280 §6.1.4(l): a self-issued certificate does not count.
      let counted = authorities &+ (issuer.isSelfIssued ? 0 : 1)
      if try leads(issuer, authorities: counted, length: length &+ 1) { return true }
    }
    return false
  }

  /// RFC 5280 §6.1.3(a)(4), and §4.2.1.1: key identifiers, where both have one, tell keys of one name apart.
  private func isNamed(_ issuer: CertificateView, in certificate: CertificateView) -> Bool {
    guard certificate.issuer.equals(issuer.subject) else { return false }
    let (wanted, shown) = (certificate.extensions.authorityKeyIdentifier, issuer.extensions.subjectKeyIdentifier)
    return wanted.isEmpty || shown.isEmpty || wanted.equals(shown)
  }

  private mutating func checkSignature(of certificate: CertificateView, by issuer: CertificateView) throws(PathError) {
    guard signatures < FormatLimits.signatures else { throw .tooManySignatures }
    signatures &+= 1
    let isGood = verifier.checks(
      certificate.scheme, key: issuer.publicKey, message: certificate.toBeSigned, signature: certificate.signature)
    guard isGood else { throw .badSignature }
  }
}

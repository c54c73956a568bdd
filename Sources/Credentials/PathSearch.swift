import WireFormats

/// A depth-first search for a path, with a budget for signatures that holds across all its branches.
struct PathSearch {
  private let intermediates: [Certificate]
  private let anchors: [Certificate]
  private let at: Instant
  private var signaturesLeft = CertificationPath.maximumSignatures
  private var failureDepth = -1
  /// The reason found farthest from the leaf.
  private(set) var failure = CertificationPathError.noIssuer

  init(intermediates: [Certificate], anchors: [Certificate], at: Instant) {
    (self.intermediates, self.anchors, self.at) = (intermediates, anchors, at)
  }

  /// Leaf first, anchor last; nil when there is no path, and `failure` says why.
  mutating func run(from leaf: Certificate) -> [Certificate]? {
    do throws(CertificationPathError) {
      try checkItself(leaf)
    } catch {
      note(error, depth: 0)
      return nil
    }
    return extend([leaf])
  }

  private mutating func extend(_ path: [Certificate]) -> [Certificate]? {
    guard let last = path.last else { return nil }
    var isIssuerKnown = false
    // An anchor vouches for others, never for itself: a certificate stands in a path once.
    for anchor in anchors where Self.isNamed(anchor, by: last) && !path.contains(anchor) {
      isIssuerKnown = true
      if accepts(anchor, above: path, isAnchor: true) { return path + [anchor] }
    }
    for candidate in intermediates where Self.isNamed(candidate, by: last) && !path.contains(candidate) {
      isIssuerKnown = true
      // One place is kept for the anchor.
      guard path.count < CertificationPath.maximumDepth - 1 else {
        note(.tooMuchWork, depth: path.count)
        return nil
      }
      guard accepts(candidate, above: path) else { continue }
      if let found = extend(path + [candidate]) { return found }
    }
    if !isIssuerKnown { note(.noIssuer, depth: path.count) }
    return nil
  }

  /// RFC 5280 §6.1.3 (a)(4), and §4.2.1.1: where both sides state a key identifier, it has to be the same.
  private static func isNamed(_ issuer: Certificate, by certificate: Certificate) -> Bool {
    guard issuer.subject == certificate.issuer else { return false }
    guard let wanted = certificate.authorityKeyIdentifier, let given = issuer.subjectKeyIdentifier else { return true }
    return wanted == given
  }

  private mutating func accepts(_ issuer: Certificate, above path: [Certificate], isAnchor: Bool = false) -> Bool {
    do throws(CertificationPathError) {
      try checkItself(issuer)
      try checkAuthority(issuer, above: path, isAnchor: isAnchor)
      try checkSignature(of: path.last, by: issuer)
      return true
    } catch {
      note(error, depth: path.count)
      return false
    }
  }

  private func checkItself(_ certificate: Certificate) throws(CertificationPathError) {
    // RFC 5280 §6.1.3 (a)(2).
    guard certificate.notBefore <= at else { throw .notYetValid(certificate.notBefore) }
    guard at <= certificate.notAfter else { throw .expired(certificate.notAfter) }
    // RFC 5280 §4.2.1.10 restricts every name below. It is not processed here, so it is never passed over.
    guard certificate.firstExtension(ExtensionID.nameConstraints) == nil else { throw .nameConstraints }
    for item in certificate.extensions where item.critical && !Self.processed.contains(item.identifier) {
      throw .unknownCriticalExtension(item.identifier)
    }
  }

  /// Critical extensions that this search, or the policy on what it found, acts on.
  private static let processed: Set<ObjectIdentifier> = [
    ExtensionID.basicConstraints, ExtensionID.keyUsage, ExtensionID.extendedKeyUsage,
    ExtensionID.subjectAlternativeName,
  ]

  private func checkAuthority(
    _ issuer: Certificate, above path: [Certificate], isAnchor: Bool
  ) throws(CertificationPathError) {
    guard issuer.isAuthority else { throw .issuerIsNotAuthority }
    // RFC 5280 §6.1.4 (n) asks only where the extension is present; §4.2.1.3 demands it of every authority, and so here.
    // An anchor is what an operator vouched for (§6.1.1 (d)), and factories have old ones: where it states a usage, that
    // holds.
    guard issuer.keyUsage?.contains(.keyCertSign) ?? isAnchor else { throw .issuerMayNotSign }
    guard let limit = issuer.pathLength else { return }
    // RFC 5280 §4.2.1.9 counts the non-self-issued authorities between this one and the last certificate.
    let between = path.dropFirst().count { !$0.isSelfIssued }
    guard between <= limit else { throw .pathTooLong }
  }

  private mutating func checkSignature(
    of certificate: Certificate?, by issuer: Certificate
  ) throws(CertificationPathError) {
    guard signaturesLeft > 0 else { throw .tooMuchWork }
    signaturesLeft -= 1
    guard let key = issuer.publicKey, let certificate, certificate.isSigned(by: key) else { throw .badSignature }
  }

  private mutating func note(_ error: CertificationPathError, depth: Int) {
    guard depth > failureDepth else { return }
    (failureDepth, failure) = (depth, error)
  }
}

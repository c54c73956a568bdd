import Credentials
import WireFormats

/// A certificate that somebody else's authority gave one of ours, held to all that its use here asks (RFC 5280 §4.2, §6.1).
struct ForeignCertification: Sendable {
  let certificate: Certificate
  /// Its issuer first, the root last.
  let above: [Certificate]

  /// - Parameters:
  ///   - certificate: DER.
  ///   - chain: DER, in any order: what stands between, and the one self-signed root.
  /// - Throws: `badRequest` or `expired`, each with what to ask the issuer for.
  init(certificate encoded: [UInt8], chain: [[UInt8]], at now: Instant) throws(Refusal) {
    guard chain.count <= Self.longestChain else {
      throw Refusal(.badRequest, "the chain holds more than \(Self.longestChain) certificates")
    }
    certificate = try Self.parsed(encoded, "the certificate")
    var others: [Certificate] = []
    for encoded in chain { others.append(try Self.parsed(encoded, "a certificate of the chain")) }
    let root = try Self.root(among: others)
    guard !certificate.isSelfIssued else {
      throw Refusal(
        .badRequest, "the certificate is signed by its own name", hint: "install what the other authority issued")
    }
    try Self.checkRights(of: certificate)
    above = try Self.path(from: certificate, through: others.filter { $0 != root }, to: root, at: now)
    try Self.checkDepths(above)
    try Self.checkLifetimes([certificate] + above, at: now)
  }

  /// Far over what a path may have.
  private static let longestChain = 8

  private static func parsed(_ encoded: [UInt8], _ what: String) throws(Refusal) -> Certificate {
    guard let certificate = try? Certificate(parsing: encoded) else {
      throw Refusal(.badRequest, "\(what) cannot be read", hint: "PEM or DER of an X.509 certificate is expected")
    }
    guard certificate.publicKey != nil else {
      throw Refusal(.badRequest, "\(what) is of a key that is not used here: \(certificate.subject)")
    }
    return certificate
  }

  /// It is named by whoever installs, and not found by looking around.
  private static func root(among others: [Certificate]) throws(Refusal) -> Certificate {
    let roots = others.filter(\.isSelfIssued)
    guard let root = roots.first, roots.count == 1 else {
      throw Refusal(
        .badRequest, "the chain holds \(roots.count) certificates that are their own issuer",
        hint: "it has to hold the one root that devices and verifiers trust, and what stands between")
    }
    guard root.isAuthority, root.publicKey.map(root.isSigned) ?? false else {
      throw Refusal(
        .badRequest, "the root \(root.subject) is not signed by itself", hint: "take it from its own source")
    }
    return root
  }

  /// RFC 5280 §4.2.1.2, §4.2.1.3, §4.2.1.9; what restricts names and purposes below it is not processed here.
  private static func checkRights(of certificate: Certificate) throws(Refusal) {
    guard certificate.isAuthority else {
      throw Refusal(
        .badRequest, "the certificate is no authority's", hint: "have it issued with basicConstraints CA:TRUE")
    }
    guard let usage = certificate.keyUsage, usage.isSuperset(of: [.keyCertSign, .cRLSign]) else {
      throw Refusal(
        .badRequest, "the certificate may not sign certificates and lists",
        hint: "have it issued with keyUsage keyCertSign and cRLSign")
    }
    guard certificate.subjectKeyIdentifier != nil else {
      throw Refusal(
        .badRequest, "the certificate has no subjectKeyIdentifier", hint: "have it issued with one: verifiers need it")
    }
    guard certificate.extendedKeyUsages.isEmpty else {
      throw Refusal(
        .badRequest, "the certificate restricts what is under it by extendedKeyUsage",
        hint: "have it issued without: OCSP answers would not be believed")
    }
  }

  private static func path(
    from certificate: Certificate, through others: [Certificate], to root: Certificate, at now: Instant
  ) throws(Refusal) -> [Certificate] {
    do {
      let path = try CertificationPath.verify(leaf: certificate, intermediates: others, anchors: [root], at: now)
      return Array(path.certificates.dropFirst())
    } catch {
      let code: Refusal.Code
      switch error {
      case .expired, .notYetValid: code = .expired
      default: code = .badRequest
      }
      throw Refusal(
        code, "the certificate does not chain to the root: \(error)",
        hint: "all that stands between the two goes into --chain; what it says has to hold now")
    }
  }

  /// What is under our authority has to be within each limit too, and within the path that devices follow.
  private static func checkDepths(_ above: [Certificate]) throws(Refusal) {
    guard above.count &+ 2 <= CertificationPath.maximumDepth else {
      throw Refusal(.badRequest, "with what is issued here the path would have more than six certificates")
    }
    for (index, issuer) in above.enumerated() {
      let below = above.prefix(index).count { !$0.isSelfIssued } &+ 1
      if let limit = issuer.pathLength, limit < below {
        throw Refusal(
          .badRequest, "\(issuer.subject) allows \(limit) authorities under it, and there would be \(below)",
          hint: "its pathLenConstraint has to be \(below) or more")
      }
      guard issuer.extendedKeyUsages.isEmpty || issuer.isSelfIssued else {
        throw Refusal(
          .badRequest, "\(issuer.subject) restricts what is under it by extendedKeyUsage",
          hint: "have the certificate issued by an authority without")
      }
    }
  }

  /// TRUST.md, Authorities: nothing outlives its issuer.
  private static func checkLifetimes(_ path: [Certificate], at now: Instant) throws(Refusal) {
    for (certificate, issuer) in zip(path, path.dropFirst()) where certificate.notAfter > issuer.notAfter {
      throw Refusal(
        .badRequest, "\(certificate.subject) outlives its issuer, which ends at \(issuer.notAfter)",
        hint: "have it issued with an end not later than that")
    }
    for certificate in path where now < certificate.notBefore || certificate.notAfter <= now {
      throw Refusal(
        .expired, "\(certificate.subject) is out of its time, from \(certificate.notBefore) to \(certificate.notAfter)",
        hint: "have it issued anew, and compare the clocks")
    }
  }
}

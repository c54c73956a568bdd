import Credentials
import KeyCustody
import WireFormats

/// An issuing authority that was made elsewhere and goes on here, under its own name and key.
public struct ContinuedAuthority: Sendable {
  public let issuer: Certificate
  public let key: SoftwareKey
  /// From what issued it up to the root; empty when it is a root itself.
  public let above: [Certificate]
  /// The last CRL that it signed: its revocations stand, and its number is passed.
  public let list: CertificateRevocationList?

  /// The root that devices in the field trust.
  public var root: Certificate { above.last ?? issuer }

  /// - Parameters:
  ///   - certificates: DER; the authority's first, then whatever stands between it and the root.
  ///   - list: DER.
  /// - Throws: `badRequest` in words for what does not fit together, `expired`.
  public init(
    certificates: [[UInt8]], key: SoftwareKey, root: [UInt8], list: [UInt8]?, at now: Instant
  ) throws(Refusal) {
    let chain = try Self.parsed(certificates)
    guard let issuer = chain.first else { throw Refusal(.badRequest, "the issuer's file holds no certificate") }
    let anchor = try Self.parsed([root])[0]
    guard issuer.publicKey == key.publicKey else {
      throw Refusal(.badRequest, "the key does not belong to the issuer's certificate")
    }
    try Self.checkRights(of: issuer, at: now)
    above = try Self.path(from: issuer, through: Array(chain.dropFirst()), to: anchor, at: now)
    self.list = try list.map { encoded throws(Refusal) in try Self.list(encoded, of: issuer) }
    (self.issuer, self.key) = (issuer, key)
  }

  private static func parsed(_ certificates: [[UInt8]]) throws(Refusal) -> [Certificate] {
    var parsed: [Certificate] = []
    for encoded in certificates {
      do { parsed.append(try Certificate(parsing: encoded)) } catch {
        throw Refusal(.badRequest, "a certificate cannot be read: \(error)")
      }
    }
    return parsed
  }

  /// RFC 5280 §4.2.1.9, §4.2.1.3: what an authority needs to sign certificates and their CRLs.
  private static func checkRights(of issuer: Certificate, at now: Instant) throws(Refusal) {
    guard issuer.isAuthority else { throw Refusal(.badRequest, "the issuer's certificate is no authority's (cA)") }
    if let usage = issuer.keyUsage, !usage.isSuperset(of: [.keyCertSign, .cRLSign]) {
      throw Refusal(.badRequest, "the issuer may not sign certificates and CRLs (keyCertSign, cRLSign)")
    }
    // Certificates and CRLs name the key by it (§4.2.1.1).
    guard issuer.subjectKeyIdentifier != nil else {
      throw Refusal(.badRequest, "the issuer's certificate has no subject key identifier")
    }
    guard !issuer.subject.isEmpty else { throw Refusal(.badRequest, "the issuer's certificate names nobody") }
    guard issuer.notBefore <= now, now <= issuer.notAfter else {
      throw Refusal(.expired, "the issuer's certificate is out of its time; it ends \(issuer.notAfter)")
    }
  }

  private static func path(
    from issuer: Certificate, through others: [Certificate], to root: Certificate, at now: Instant
  ) throws(Refusal) -> [Certificate] {
    if issuer == root {
      guard issuer.isSelfIssued, issuer.publicKey.map(issuer.isSigned) ?? false else {
        throw Refusal(.badRequest, "the root is not signed by itself")
      }
      return []
    }
    guard root.isSelfIssued, root.publicKey.map(root.isSigned) ?? false else {
      throw Refusal(.badRequest, "the root's certificate is not signed by itself")
    }
    do {
      let path = try CertificationPath.verify(leaf: issuer, intermediates: others, anchors: [root], at: now)
      return Array(path.certificates.dropFirst())
    } catch {
      throw Refusal(
        .badRequest, "the issuer does not chain to the root: \(error)",
        hint: "what stands between the two goes into the issuer's file, after it")
    }
  }

  static func list(_ encoded: [UInt8], of issuer: Certificate) throws(Refusal) -> CertificateRevocationList {
    guard let list = try? CertificateRevocationList(parsing: encoded) else {
      throw Refusal(.badRequest, "the CRL cannot be read")
    }
    guard list.issuer == issuer.subject.encoded, issuer.publicKey.map(list.isSigned) ?? false else {
      throw Refusal(.badRequest, "the CRL is not signed by this authority")
    }
    // RFC 5280 §5.2: one with a critical extension that is not processed (a part of a whole, a delta) says too little.
    guard list.criticalExtensions.isEmpty else {
      throw Refusal(.badRequest, "the CRL is not a complete one: \(list.criticalExtensions)")
    }
    guard list.numberOctets == nil || (list.number ?? .max) < Self.greatestNumber else {
      throw Refusal(.badRequest, "the CRL's number is too great to be continued")
    }
    return list
  }

  /// Room for what follows.
  private static let greatestNumber: Int64 = 1 << 62
}

extension ContinuedAuthority {
  /// Whether it may certify this installation's own root, so that whoever trusts the old root trusts this server:
  /// below it stand that root and the installation's authority (RFC 5280 §4.2.1.9).
  public var certifiesRoots: Bool {
    for (depth, certificate) in ([issuer] + above).enumerated() {
      if let limit = certificate.pathLength, limit < 2 &+ depth { return false }
      if certificate.firstExtension(ExtensionID.nameConstraints) != nil { return false }
      if !certificate.extendedKeyUsages.isEmpty { return false }
    }
    return true
  }
}

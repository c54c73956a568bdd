import WireFormats

/// What a full CRL of one authority says (RFC 5280 §5.1.2), to be signed.
///
/// ```
/// TBSCertList ::= SEQUENCE { version, signature, issuer, thisUpdate, nextUpdate, revokedCertificates OPTIONAL,
///   crlExtensions [0] }
/// ```
public struct CRLContents: Sendable {
  /// The authority's subject Name, DER.
  public var issuer: [UInt8]
  /// The authority's subject key identifier.
  public var authorityKeyIdentifier: [UInt8]
  /// Grows with every CRL of the authority; negative ones are written as 0.
  public var number: Int64
  public var thisUpdate: Instant
  public var nextUpdate: Instant
  public var entries: [CRLEntry]
  public var signatureAlgorithm: SignatureAlgorithm

  public init(
    issuer: [UInt8], authorityKeyIdentifier: [UInt8], number: Int64, thisUpdate: Instant, nextUpdate: Instant,
    entries: [CRLEntry], signatureAlgorithm: SignatureAlgorithm
  ) {
    self.issuer = issuer
    self.authorityKeyIdentifier = authorityKeyIdentifier
    self.number = number
    self.thisUpdate = thisUpdate
    self.nextUpdate = nextUpdate
    self.entries = entries
    self.signatureAlgorithm = signatureAlgorithm
  }

  /// The DER of TBSCertList. Costs time and memory in proportion to the entries, so take it once.
  public var toBeSigned: [UInt8] {
    let revoked = encodedEntries
    return DERWriter.build(capacity: revoked.count + 512) {
      $0.sequence {
        $0.integer(1)  // RFC 5280 §5.1.2.1: v2, since extensions are used
        $0.raw(signatureAlgorithm.algorithmIdentifier)
        $0.raw(issuer)
        $0.time(thisUpdate)
        $0.time(nextUpdate)  // RFC 5280 §5.1.2.5: MUST be present
        // RFC 5280 §5.1.2.6: "the revoked certificates list MUST be absent" when there are none.
        if !revoked.isEmpty { $0.primitive(DERTag.sequence, revoked) }
        $0.constructed(DERTag.contextConstructed(0)) { $0.sequence { writeExtensions(to: &$0) } }
      }
    }
  }

  /// The whole CertificateList.
  ///
  /// - Parameters:
  ///   - toBeSigned: What the signature was made over: `toBeSigned` of these contents.
  ///   - signature: As X.509 carries it.
  public func encode(toBeSigned: [UInt8], signature: [UInt8]) -> [UInt8] {
    DERWriter.build(capacity: toBeSigned.count + signature.count + 64) {
      $0.sequence {
        $0.raw(toBeSigned)
        $0.raw(signatureAlgorithm.algorithmIdentifier)
        $0.bitString(signature)
      }
    }
  }

  /// The whole CertificateList, encoding the contents again; for lists that are short.
  public func encode(signature: [UInt8]) -> [UInt8] { encode(toBeSigned: toBeSigned, signature: signature) }

  /// The whole CertificateList, signed by a closure: how a list is made where there is a key and no publisher, such as
  /// the root's, which is made ahead.
  public func signed<Failure: Error>(
    by sign: ([UInt8]) async throws(Failure) -> [UInt8]
  ) async throws(Failure) -> [UInt8] {
    let message = toBeSigned
    return encode(toBeSigned: message, signature: try await sign(message))
  }

  // A full CRL of one authority carries no IssuingDistributionPoint: it would be critical (RFC 5280 §5.2.5), and many
  // embedded TLS stacks refuse a CRL with any critical extension.
  private func writeExtensions(to writer: inout DERWriter) {
    CertificateExtension.authorityKeyIdentifier(authorityKeyIdentifier).write(to: &writer)  // §5.2.1: MUST
    let value = DERWriter.build { $0.integer(Int(max(number, 0))) }
    // RFC 5280 §5.2.3: MUST, non-critical.
    CertificateExtension(identifier: ExtensionID.crlNumber, critical: false, value: value).write(to: &writer)
  }

  private var encodedEntries: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * 56)
    // Entries come in runs of one moment (a lot that is held at once), so the last time's encoding is kept.
    var second: Int64?
    var time: [UInt8] = []
    // RFC 5280 §5.3.1: "removeFromCRL MAY only appear in delta CRLs". In a full one, such an entry is simply gone.
    for entry in entries where entry.reason != .removeFromCRL {
      if second != entry.revokedAt.seconds {
        second = entry.revokedAt.seconds
        time = DERWriter.build(capacity: 20) { $0.time(entry.revokedAt) }
      }
      entry.append(to: &bytes, time: time)
    }
    return bytes
  }
}

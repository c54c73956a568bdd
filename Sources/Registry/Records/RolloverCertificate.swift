import WireFormats

/// A certificate beside an authority's own that leads from one key, or one root, to another (RFC 9810 §4.4).
public struct RolloverCertificate: Hashable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// The new key, certified by the old one.
    case newWithOld = "new-with-old"
    /// The old key, certified by the new one.
    case oldWithNew = "old-with-new"
    /// What an authority's certificate was before another root certified the same key.
    case earlier
  }

  public var organization: OrganizationID
  /// Whose key and name it certifies.
  public var subject: AuthorityID
  public var issuer: AuthorityID
  public var kind: Kind
  /// DER.
  public var certificate: [UInt8]
  public var notAfter: Instant
  public var createdAt: Instant

  public init(
    organization: OrganizationID, subject: AuthorityID, issuer: AuthorityID, kind: Kind, certificate: [UInt8],
    notAfter: Instant, createdAt: Instant
  ) {
    self.organization = organization
    self.subject = subject
    self.issuer = issuer
    self.kind = kind
    self.certificate = certificate
    self.notAfter = notAfter
    self.createdAt = createdAt
  }
}

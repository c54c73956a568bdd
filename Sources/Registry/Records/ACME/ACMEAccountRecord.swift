import WireFormats

/// An ACME account (RFC 8555 §7.1.2) under one profile's directory: a key, and the right that it was bound to.
public struct ACMEAccountRecord: Hashable, Sendable {
  public enum Status: String, Sendable, CaseIterable {
    case valid, deactivated, revoked
  }

  /// External account binding (RFC 8555 §7.3.4).
  public struct Binding: Hashable, Sendable {
    /// A device's serial or a grant's name.
    public var name: String
    /// SHA-256 of the secret's text, 32 octets: which of the name's secrets it was.
    public var secretHash: [UInt8]

    public init(name: String, secretHash: [UInt8]) { (self.name, self.secretHash) = (name, secretHash) }
  }

  public var id: ACMEObjectID
  public var profile: ProfileName
  /// RFC 7638 over the key, 32 octets; unique per profile.
  public var thumbprint: [UInt8]
  /// SubjectPublicKeyInfo, DER.
  public var publicKey: [UInt8]
  public var status: Status
  /// Addresses, `mailto:` and all.
  public var contacts: [String]
  /// Nil where none was asked for.
  public var binding: Binding?
  public var createdAt: Instant

  public init(
    id: ACMEObjectID, profile: ProfileName, thumbprint: [UInt8], publicKey: [UInt8], status: Status = .valid,
    contacts: [String] = [], binding: Binding? = nil, createdAt: Instant
  ) {
    self.id = id
    self.profile = profile
    self.thumbprint = thumbprint
    self.publicKey = publicKey
    self.status = status
    self.contacts = contacts
    self.binding = binding
    self.createdAt = createdAt
  }
}

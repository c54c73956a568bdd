import WireFormats

/// A manufacturer's authority whose certificates may enroll, bound to profiles and to its own serials; or one that
/// vouches for TPMs, and lets nobody in by itself.
public struct TrustAnchorRecord: Hashable, Sendable {
  /// What its certificates are believed for.
  public enum Purpose: String, Hashable, Sendable, CaseIterable {
    /// Identities of devices, which may enroll.
    case devices
    /// Endorsement keys of TPMs.
    case tpm
  }

  public var name: String
  /// DER.
  public var certificate: [UInt8]
  /// The profiles that its devices may ask for.
  public var profiles: [ProfileName]
  /// The namespace of its devices' serials.
  public var manufacturer: String
  /// Only serials that begin so.
  public var serialPrefix: String?
  public var purpose: Purpose
  public var addedAt: Instant
  public var addedBy: String
  public var removedAt: Instant?

  public init(
    name: String, certificate: [UInt8], profiles: [ProfileName], manufacturer: String, serialPrefix: String? = nil,
    purpose: Purpose = .devices, addedAt: Instant, addedBy: String, removedAt: Instant? = nil
  ) {
    self.name = name
    self.certificate = certificate
    self.profiles = profiles
    self.manufacturer = manufacturer
    self.serialPrefix = serialPrefix
    self.purpose = purpose
    self.addedAt = addedAt
    self.addedBy = addedBy
    self.removedAt = removedAt
  }
}

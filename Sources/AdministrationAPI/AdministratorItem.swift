/// Somebody who administers, or a station: one certificate of theirs.
public struct AdministratorItem: Codable, Hashable, Sendable {
  public var name: String
  /// `administrator`, `operator`, `station`, `auditor` or `registration-authority`.
  public var role: String
  /// What a station or a registration authority enrolls for.
  public var profiles: [String]
  /// Whose devices a registration authority speaks for; absent for any.
  public var lot: String?
  /// How many certificates a registration authority may ask for; absent for any number.
  public var uses: Int?
  /// How many a registration authority was given.
  public var issued: Int?
  /// SHA-256 of the certificate, lower-case hexadecimal.
  public var fingerprint: String
  public var serialNumber: String
  /// `good`, `expired`, `held`, `revoked` or `removed`.
  public var status: String
  /// RFC 3339; absent for a certificate that is not in the store.
  public var notAfter: String?
  public var addedAt: String
  public var addedBy: String
  public var removedAt: String?

  public init(
    name: String, role: String, profiles: [String], lot: String? = nil, uses: Int? = nil, issued: Int? = nil,
    fingerprint: String, serialNumber: String, status: String,
    notAfter: String? = nil, addedAt: String, addedBy: String, removedAt: String? = nil
  ) {
    self.name = name
    self.role = role
    self.profiles = profiles
    self.lot = lot
    self.uses = uses
    self.issued = issued
    self.fingerprint = fingerprint
    self.serialNumber = serialNumber
    self.status = status
    self.notAfter = notAfter
    self.addedAt = addedAt
    self.addedBy = addedBy
    self.removedAt = removedAt
  }

  enum CodingKeys: String, CodingKey {
    case name, role, profiles, lot, uses, issued, fingerprint
    case serialNumber = "serial_number"
    case status
    case notAfter = "not_after"
    case addedAt = "added_at"
    case addedBy = "added_by"
    case removedAt = "removed_at"
  }
}

/// What somebody else's authority was asked to certify.
public struct AuthorityRequestItem: Codable, Hashable, Sendable {
  /// That the authority will have.
  public var id: String
  public var name: String
  public var purpose: String
  public var subject: String
  public var keyAlgorithm: String
  /// The authority whose place it takes.
  public var replaces: String?
  public var createdAt: String
  public var createdBy: String
  public var installedAt: String?
  /// PKCS#10, PEM.
  public var request: String

  public init(
    id: String, name: String, purpose: String, subject: String, keyAlgorithm: String, replaces: String? = nil,
    createdAt: String, createdBy: String, installedAt: String? = nil, request: String
  ) {
    self.id = id
    self.name = name
    self.purpose = purpose
    self.subject = subject
    self.keyAlgorithm = keyAlgorithm
    self.replaces = replaces
    self.createdAt = createdAt
    self.createdBy = createdBy
    self.installedAt = installedAt
    self.request = request
  }

  enum CodingKeys: String, CodingKey {
    case id, name, purpose, subject, replaces, request
    case keyAlgorithm = "key_algorithm"
    case createdAt = "created_at"
    case createdBy = "created_by"
    case installedAt = "installed_at"
  }
}

/// What `POST /authority-requests/{id}/certificate` takes.
public struct ForeignCertificate: Codable, Hashable, Sendable {
  /// PEM.
  public var certificate: String
  /// PEM, in any order: what stands between it and the root, and the root.
  public var chain: String

  public init(certificate: String, chain: String) { (self.certificate, self.chain) = (certificate, chain) }
}

/// An issuing authority, or a root. All of them come as one `ItemPage`.
public struct AuthorityItem: Codable, Hashable, Sendable {
  /// Never changes; it stands in the authority's addresses.
  public var id: String
  /// `root`, `successor`, `idevid`, `operational`, `installation`, `lab`, or `foreign` for somebody else's above one of
  /// these.
  public var purpose: String
  /// What profiles call it: its purpose, or what it was given when it was added. Absent from older servers.
  public var name: String?
  public var subject: String
  public var parent: String?
  public var state: String
  public var keyAlgorithm: String
  public var notAfter: String
  /// `sealed`, or the key's URI on its token (RFC 7512). Absent from older servers.
  public var keyHome: String?
  public var crlNumber: Int64?
  public var crlNextUpdate: String?
  /// PEM.
  public var certificate: String

  public init(
    id: String, purpose: String, name: String? = nil, subject: String, parent: String? = nil, state: String,
    keyAlgorithm: String, notAfter: String, keyHome: String? = nil, crlNumber: Int64? = nil,
    crlNextUpdate: String? = nil, certificate: String
  ) {
    self.id = id
    self.purpose = purpose
    self.name = name
    self.subject = subject
    self.parent = parent
    self.state = state
    self.keyAlgorithm = keyAlgorithm
    self.notAfter = notAfter
    self.keyHome = keyHome
    self.crlNumber = crlNumber
    self.crlNextUpdate = crlNextUpdate
    self.certificate = certificate
  }

  enum CodingKeys: String, CodingKey {
    case id, purpose, name, subject, parent, state
    case keyAlgorithm = "key_algorithm"
    case notAfter = "not_after"
    case keyHome = "key_home"
    case crlNumber = "crl_number"
    case crlNextUpdate = "crl_next_update"
    case certificate
  }
}

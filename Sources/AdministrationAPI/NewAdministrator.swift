/// What `POST /administrators` takes: who is to administer, and a request of the key that they hold.
public struct NewAdministrator: Codable, Hashable, Sendable {
  public var name: String
  public var role: String
  /// What a station or a registration authority enrolls for; absent for the other roles.
  public var profiles: [String]?
  /// Whose devices a registration authority speaks for.
  public var lot: String?
  /// How many certificates a registration authority may ask for.
  public var uses: Int?
  /// PKCS#10 as PEM. Of what it asks for only its key counts.
  public var csr: String

  public init(
    name: String, role: String, profiles: [String]? = nil, lot: String? = nil, uses: Int? = nil, csr: String
  ) {
    self.name = name
    self.role = role
    self.profiles = profiles
    self.lot = lot
    self.uses = uses
    self.csr = csr
  }
}

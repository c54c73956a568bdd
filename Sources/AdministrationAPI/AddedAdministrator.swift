/// An administrator's certificate, just issued.
public struct AddedAdministrator: Codable, Hashable, Sendable {
  public var administrator: AdministratorItem
  /// PEM.
  public var certificate: String
  /// PEM, the issuer first, without the root.
  public var chain: [String]

  public init(administrator: AdministratorItem, certificate: String, chain: [String]) {
    self.administrator = administrator
    self.certificate = certificate
    self.chain = chain
  }
}

/// What `POST /authorities/{id}/earlier-crl` takes: the last CRL of an authority that was continued here.
public struct EarlierList: Codable, Hashable, Sendable {
  /// PEM.
  public var crl: String

  public init(crl: String) {
    self.crl = crl
  }
}

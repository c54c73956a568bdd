/// The JWS protected header of an entry (RFC 7515 §4), as far as it is used.
struct ManifestHeader: Decodable, Sendable {
  let algorithm: String
  let keyIdentifier: String?
  let thumbprint: String?
  let chain: [String]
  /// Extensions that must be understood (§4.1.11): none is.
  let critical: [String]

  enum CodingKeys: String, CodingKey {
    case algorithm = "alg"
    case keyIdentifier = "kid"
    case thumbprint = "x5t#S256"
    case chain = "x5c"
    case critical = "crit"
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    algorithm = try values.decode(String.self, forKey: .algorithm)
    keyIdentifier = try values.decodeIfPresent(String.self, forKey: .keyIdentifier)
    thumbprint = try values.decodeIfPresent(String.self, forKey: .thumbprint)
    chain = try values.decodeIfPresent([String].self, forKey: .chain) ?? []
    critical = try values.decodeIfPresent([String].self, forKey: .critical) ?? []
  }
}

import Registry

/// Where verifiers fetch status and certificates: what `init` recorded, never where a request arrived.
public struct Addresses: Sendable, Hashable {
  /// The plain HTTP address without a final slash, for example `http://pki.example.com`.
  public let publicHTTP: String
  /// Whether nobody outside this machine can reach `publicHTTP`.
  public let isDemonstration: Bool

  public init(publicHTTP: String, isDemonstration: Bool) {
    self.publicHTTP = publicHTTP
    self.isDemonstration = isDemonstration
  }

  public var ocsp: String { "\(publicHTTP)/ocsp" }
  public func crl(_ authority: AuthorityID) -> String { "\(publicHTTP)/crl/\(authority.rawValue).crl" }
  public func certificate(_ authority: AuthorityID) -> String { "\(publicHTTP)/ca/\(authority.rawValue).cer" }
}

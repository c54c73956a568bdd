import Registry

/// The addresses of one profile's directory (RFC 8555 §7.1), below `/acme/PROFILE/`.
public enum ACMEResource: Hashable, Sendable {
  case directory, newNonce, newAccount, newOrder, revokeCert, keyChange
  /// RFC 9773 §4.1: the certificate's name behind it.
  case renewalInfo(String)
  case account(ACMEObjectID)
  case orders(ACMEObjectID, after: ACMEObjectID?)
  case order(ACMEObjectID)
  case finalize(ACMEObjectID)
  case certificate(ACMEObjectID)
  case authorization(ACMEObjectID)
  case challenge(ACMEObjectID, ACMEAuthorizationRecord.Challenge)

  /// From the segments after the profile; nil for what is not there.
  public init?(segments: [String], query: String? = nil) {
    guard query == nil || segments.last == "orders" else { return nil }
    switch (segments.count, segments.first) {
    case (1, "directory"): self = .directory
    case (1, "new-nonce"): self = .newNonce
    case (1, "new-account"): self = .newAccount
    case (1, "new-order"): self = .newOrder
    case (1, "revoke-cert"): self = .revokeCert
    case (1, "key-change"): self = .keyChange
    case (2, "renewal-info"): self = .renewalInfo(segments[1])
    case (2...3, _): self.init(object: segments, query: query)
    default: return nil
    }
  }

  private init?(object segments: [String], query: String?) {
    guard let id = ACMEObjectID(rawValue: segments[1]) else { return nil }
    switch (segments[0], segments.count == 3 ? segments[2] : nil) {
    case ("account", nil): self = .account(id)
    case ("account", "orders"):
      guard let query else {
        self = .orders(id, after: nil)
        return
      }
      guard query.hasPrefix("after="), let cursor = ACMEObjectID(rawValue: String(query.dropFirst(6))) else {
        return nil
      }
      self = .orders(id, after: cursor)
    case ("order", nil): self = .order(id)
    case ("order", "finalize"): self = .finalize(id)
    case ("order", "certificate"): self = .certificate(id)
    case ("authorization", nil): self = .authorization(id)
    case ("authorization", let name?):
      guard let challenge = ACMEAuthorizationRecord.Challenge(rawValue: name) else { return nil }
      self = .challenge(id, challenge)
    default: return nil
    }
  }

  /// Below the profile's base address.
  public var path: String {
    switch self {
    case .directory: "directory"
    case .newNonce: "new-nonce"
    case .newAccount: "new-account"
    case .newOrder: "new-order"
    case .revokeCert: "revoke-cert"
    case .keyChange: "key-change"
    case .renewalInfo(let name): "renewal-info/\(name)"
    case .account(let id): "account/\(id)"
    case .orders(let id, let cursor): "account/\(id)/orders" + (cursor.map { "?after=\($0)" } ?? "")
    case .order(let id): "order/\(id)"
    case .finalize(let id): "order/\(id)/finalize"
    case .certificate(let id): "order/\(id)/certificate"
    case .authorization(let id): "authorization/\(id)"
    case .challenge(let id, let type): "authorization/\(id)/\(type.rawValue)"
    }
  }

  /// RFC 8555 §6.3: everything but these is fetched by POST.
  public var isGet: Bool {
    switch self {
    case .directory, .newNonce, .renewalInfo: true
    default: false
    }
  }
}

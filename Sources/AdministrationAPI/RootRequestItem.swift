/// What is asked of a root, until it is answered and after.
public struct RootRequestItem: Codable, Hashable, Sendable {
  public var id: String
  /// `add-authority`, `renew-authority`, `revoke-authority`, `publish-list`, `succeed-root` or `export-root`.
  public var act: String
  public var createdAt: String
  public var createdBy: String
  public var expires: String
  public var answeredAt: String?
  /// The signed text that the root's holder reads.
  public var request: String

  public init(
    id: String, act: String, createdAt: String, createdBy: String, expires: String, answeredAt: String? = nil,
    request: String
  ) {
    self.id = id
    self.act = act
    self.createdAt = createdAt
    self.createdBy = createdBy
    self.expires = expires
    self.answeredAt = answeredAt
    self.request = request
  }

  enum CodingKeys: String, CodingKey {
    case id, act, expires, request
    case createdAt = "created_at"
    case createdBy = "created_by"
    case answeredAt = "answered_at"
  }
}

/// What `POST /root-requests/{id}/answer` takes.
public struct RootAnswerBody: Codable, Hashable, Sendable {
  /// The answer's text.
  public var answer: String

  public init(answer: String) { self.answer = answer }
}

/// What an installed answer changed.
public struct InstalledAnswerItem: Codable, Hashable, Sendable {
  public var request: String
  public var act: String
  /// The authority that took the place, or that the act was about.
  public var authority: String

  public init(request: String, act: String, authority: String) {
    self.request = request
    self.act = act
    self.authority = authority
  }
}

/// What `POST /authorities/{id}/renew` takes.
public struct AuthorityRenewal: Codable, Hashable, Sendable {
  /// The URI of the token that the new key is made on (RFC 7512); nil makes it where the old one lives.
  public var keys: String?

  public init(keys: String? = nil) { self.keys = keys }
}

/// What `POST /authorities/{id}/crl-request` takes.
public struct RootListTerms: Codable, Hashable, Sendable {
  /// How long the list is valid, for example `365d`.
  public var lifetime: String?

  public init(lifetime: String? = nil) { self.lifetime = lifetime }
}

/// What `POST /authorities/{id}/succeed` takes.
public struct RootSuccession: Codable, Hashable, Sendable {
  /// The old root's key is in the wrong hands.
  public var compromised: Bool?

  public init(compromised: Bool? = nil) { self.compromised = compromised }
}

/// What `POST /authorities/{id}/export` takes.
public struct RootExport: Codable, Hashable, Sendable {
  /// Whether the key leaves the machine.
  public var removed: Bool?
  /// Where approvers stand before the root: the request of `POST /authorities/{id}/export-request`, and what they signed.
  public var request: String?
  public var approval: String?

  public init(removed: Bool? = nil, request: String? = nil, approval: String? = nil) {
    (self.removed, self.request, self.approval) = (removed, request, approval)
  }
}

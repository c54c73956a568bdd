import Registry

/// One ACME request, as far as the transport read it.
public struct ACMERequest: Sendable {
  public let profile: ProfileName
  public let resource: ACMEResource
  /// `https://HOST/acme/PROFILE/`, as the client reached it.
  public let base: String
  public let isPost: Bool
  /// The Content-Type field.
  public let contentType: String?
  public var body: [UInt8]
  public let address: String

  public init(
    profile: ProfileName, resource: ACMEResource, base: String, isPost: Bool, contentType: String?, body: [UInt8],
    address: String
  ) {
    self.profile = profile
    self.resource = resource
    self.base = base
    self.isPost = isPost
    self.contentType = contentType
    self.body = body
    self.address = address
  }

  /// RFC 8555 §6.4: what the JWS' `url` says, octet for octet.
  var url: String { url(resource) }
  func url(_ resource: ACMEResource) -> String { base + resource.path }
}

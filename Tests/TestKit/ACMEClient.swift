import Credentials
import Crypto
import Enrollment
import KeyCustody
import Registry
import WireFormats

/// What a client talks to: the service itself, or a server that holds one.
public protocol ACMEAnswering: Sendable {
  func answer(_ request: ACMERequest) async -> ACMEAnswer
}

extension ACMEService: ACMEAnswering {}

/// A client with an account key, P-256 or Ed25519, that speaks JOSE by itself.
public struct ACMEClient: Sendable {
  public enum Key: Sendable {
    case p256(P256.Signing.PrivateKey)
    case ed25519(Curve25519.Signing.PrivateKey)

    var algorithm: String {
      switch self {
      case .p256: "ES256"
      case .ed25519: "EdDSA"
      }
    }

    public var jwk: JSONWebKey {
      switch self {
      case .p256(let key):
        let point = [UInt8](key.publicKey.rawRepresentation)
        return .ec(.p256, x: Array(point.prefix(32)), y: Array(point.suffix(32)))
      case .ed25519(let key): return .ed25519([UInt8](key.publicKey.rawRepresentation))
      }
    }

    public func sign(_ input: [UInt8]) throws -> [UInt8] {
      switch self {
      case .p256(let key): [UInt8](try key.signature(for: input).rawRepresentation)
      case .ed25519(let key): [UInt8](try key.signature(for: input))
      }
    }
  }

  public struct Unexpected: Error {
    public let what: String

    public init(what: String) { self.what = what }
  }

  public var service: any ACMEAnswering
  public var profile: String
  public var key: Key
  /// Scheme and host as the client names them.
  public var origin: String
  /// The account's address, once there is one.
  public var account: String?

  public init(
    service: any ACMEAnswering, profile: String = "lab", key: Key = .p256(P256.Signing.PrivateKey()),
    origin: String = "https://ca.example"
  ) {
    (self.service, self.profile, self.key, self.origin) = (service, profile, key, origin)
  }

  public var base: String { "\(origin)/acme/\(profile)/" }
  public var thumbprint: String { Base64.encodeURL(key.jwk.thumbprint) }

  public static func compact(_ value: JSONValue) -> [UInt8] { Array(value.written().utf8) }

  public static func jws(
    header: JSONValue, payload: [UInt8], signature: ([UInt8]) throws -> [UInt8]
  ) throws -> JSONValue {
    let (protected, text) = (Base64.encodeURL(compact(header)), Base64.encodeURL(payload))
    let signature = try signature(Array("\(protected).\(text)".utf8))
    return [
      "protected": .string(protected), "payload": .string(text), "signature": .string(Base64.encodeURL(signature)),
    ]
  }

  public func nonce() async throws -> String {
    guard let nonce = try await get(.newNonce).nonce else { throw Unexpected(what: "no nonce") }
    return nonce
  }

  public func get(_ resource: ACMEResource) async throws -> ACMEAnswer {
    await service.answer(try request(resource, isPost: false, body: []))
  }

  public func request(
    _ resource: ACMEResource, isPost: Bool = true, contentType: String? = "application/jose+json", body: [UInt8]
  ) throws -> ACMERequest {
    guard let name = ProfileName(rawValue: profile) else { throw Unexpected(what: "no profile's name: \(profile)") }
    return ACMERequest(
      profile: name, resource: resource, base: base, isPost: isPost, contentType: contentType, body: body,
      address: "192.0.2.1")
  }

  /// A signed message for the address.
  public func message(
    _ resource: ACMEResource, _ payload: [UInt8], byKey: Bool = false, url: String? = nil, nonce: String? = nil
  ) async throws -> [UInt8] {
    let fresh: String
    if let nonce { fresh = nonce } else { fresh = try await self.nonce() }
    let signer: (String, JSONValue) = byKey ? ("jwk", key.jwk.json) : ("kid", .string(account ?? base + "account/none"))
    let header = JSONValue.object([
      .init("alg", .string(key.algorithm)), .init(signer.0, signer.1), .init("nonce", .string(fresh)),
      .init("url", .string(url ?? base + resource.path)),
    ])
    return Self.compact(try Self.jws(header: header, payload: payload) { try key.sign($0) })
  }

  public func post(_ resource: ACMEResource, _ payload: JSONValue? = nil, byKey: Bool = false) async throws
    -> ACMEAnswer
  {
    let body = try await message(resource, payload.map(Self.compact) ?? [], byKey: byKey)
    return await service.answer(try request(resource, body: body))
  }

  /// RFC 8555 §7.3.4.
  public func binding(
    _ name: String, _ secret: String, url: String? = nil, key other: JSONWebKey? = nil
  ) throws -> JSONValue {
    guard let octets = Base64.decodeURL(secret.utf8) else { throw Unexpected(what: "the secret is no base64url") }
    let macKey = SymmetricKey(data: octets)
    return try Self.jws(
      header: ["alg": "HS256", "kid": .string(name), "url": .string(url ?? base + "new-account")],
      payload: Self.compact((other ?? key.jwk).json)
    ) { HMAC<SHA256>.authenticationCode(for: $0, using: macKey).withUnsafeBytes { Array($0) } }
  }

  /// With an account, a new one or the one that this key has.
  public func registered(_ name: String? = nil, _ secret: String? = nil) async throws -> ACMEClient {
    var payload: [JSONValue.Member] = [.init("contact", ["mailto:ops@example.com"])]
    if let name, let secret { payload.append(.init("externalAccountBinding", try binding(name, secret))) }
    let answer = try await post(.newAccount, .object(payload), byKey: true)
    guard answer.status == 201 || answer.status == 200 else { throw Unexpected(what: answer.text) }
    var client = self
    client.account = answer.location
    return client
  }

  /// The resource behind an address of this directory.
  public func resource(_ url: String?) throws -> ACMEResource {
    guard let path = url?.dropFirst(base.count),
      let resource = ACMEResource(segments: path.split(separator: "/").map(String.init))
    else { throw Unexpected(what: "no address of this directory: \(url ?? "none")") }
    return resource
  }

  public func order(_ identifiers: [(String, String)], replaces: String? = nil) async throws -> ACMEAnswer {
    var members: [JSONValue.Member] = [
      .init("identifiers", .array(identifiers.map { ["type": .string($0.0), "value": .string($0.1)] }))
    ]
    if let replaces { members.append(.init("replaces", .string(replaces))) }
    return try await post(.newOrder, .object(members))
  }

  /// A CSR for the names, with an empty subject unless one is given.
  public static func request(
    _ names: [GeneralName], key: SoftwareKey, subject: DistinguishedName = DistinguishedName([])
  ) async throws -> String {
    let device = TestDevice(serial: "", key: key)
    let extensions = names.isEmpty ? [] : [CertificateExtension.subjectAlternativeName(names, critical: false)]
    return Base64.encodeURL(try await device.request(subject: subject, extensions: extensions).encoded)
  }
}

extension ACMEAnswer {
  public var text: String { String(decoding: body, as: UTF8.self) }
  public var json: JSONValue { (try? JSONParser.parse(body)) ?? .null }
  /// The error's type behind the common prefix.
  public var error: String? {
    json["type"]?.text.map { String($0.dropFirst("urn:ietf:params:acme:error:".count)) }
  }
}

/// A public JSON Web Key (RFC 7517), strictly: a key that shows its private half is refused.
public enum JSONWebKey: Hashable, Sendable {
  public enum Curve: String, Hashable, Sendable, CaseIterable {
    case p256 = "P-256"
    case p384 = "P-384"

    /// Octets of a coordinate (RFC 7518 §6.2.1.2: all of them, leading zeros too).
    public var coordinate: Int {
      switch self {
      case .p256: 32
      case .p384: 48
      }
    }
  }

  case ec(Curve, x: [UInt8], y: [UInt8])
  /// Ed25519 (RFC 8037 §2).
  case ed25519([UInt8])
  /// RFC 7518 §6.3.1: without leading zeros.
  case rsa(n: [UInt8], e: [UInt8])

  /// Longer moduli are not looked at: 4096 bits.
  private static let longestModulus = 512

  public init(_ value: JSONValue) throws(JOSEError) {
    guard let members = value.members, members.count <= 16 else { throw .member("jwk") }
    // RFC 7518 §6.2.2, §6.3.2: private members. Who sends them has given the key away.
    for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] where value[name] != nil { throw .member(name) }
    guard let type = value["kty"]?.text else { throw .member("kty") }
    switch type {
    case "EC": self = try Self.ec(value)
    case "OKP": self = try Self.okp(value)
    case "RSA": self = try Self.rsa(value)
    default: throw .unsupportedKey(String(type.prefix(32)))
    }
  }

  private static func ec(_ value: JSONValue) throws(JOSEError) -> JSONWebKey {
    guard let name = value["crv"]?.text else { throw .member("crv") }
    guard let curve = Curve(rawValue: name) else { throw .unsupportedKey(String(name.prefix(32))) }
    return .ec(
      curve, x: try octets("x", of: value, count: curve.coordinate),
      y: try octets("y", of: value, count: curve.coordinate))
  }

  private static func okp(_ value: JSONValue) throws(JOSEError) -> JSONWebKey {
    guard let name = value["crv"]?.text else { throw .member("crv") }
    guard name == "Ed25519" else { throw .unsupportedKey(String(name.prefix(32))) }
    return .ed25519(try octets("x", of: value, count: 32))
  }

  private static func rsa(_ value: JSONValue) throws(JOSEError) -> JSONWebKey {
    let (n, e) = (try octets("n", of: value), try octets("e", of: value))
    guard let first = n.first, first != 0, n.count <= longestModulus else { throw .member("n") }
    guard let low = e.first, low != 0, e.count <= 8 else { throw .member("e") }
    return .rsa(n: n, e: e)
  }

  private static func octets(_ name: String, of value: JSONValue, count: Int? = nil) throws(JOSEError) -> [UInt8] {
    guard let text = value[name]?.text else { throw .member(name) }
    guard let octets = Base64.decodeJOSE(text) else { throw .notBase64URL(name) }
    guard count == nil || octets.count == count else { throw .member(name) }
    return octets
  }
}

extension JSONWebKey {
  /// RFC 7638 §3: the required members alone, in the order of their names, without white space. SHA-256 over its UTF-8
  /// is the thumbprint.
  public var thumbprintInput: [UInt8] {
    let text =
      switch self {
      case .ec(let curve, let x, let y):
        #"{"crv":"\#(curve.rawValue)","kty":"EC","x":"\#(Base64.encodeURL(x))","y":"\#(Base64.encodeURL(y))"}"#
      case .ed25519(let x): #"{"crv":"Ed25519","kty":"OKP","x":"\#(Base64.encodeURL(x))"}"#
      case .rsa(let n, let e): #"{"e":"\#(Base64.encodeURL(e))","kty":"RSA","n":"\#(Base64.encodeURL(n))"}"#
      }
    return Array(text.utf8)
  }

  /// The key as JSON, with its required members.
  public var json: JSONValue {
    switch self {
    case .ec(let curve, let x, let y):
      [
        "kty": "EC", "crv": .string(curve.rawValue), "x": .string(Base64.encodeURL(x)),
        "y": .string(Base64.encodeURL(y)),
      ]
    case .ed25519(let x): ["kty": "OKP", "crv": "Ed25519", "x": .string(Base64.encodeURL(x))]
    case .rsa(let n, let e): ["kty": "RSA", "n": .string(Base64.encodeURL(n)), "e": .string(Base64.encodeURL(e))]
    }
  }
}

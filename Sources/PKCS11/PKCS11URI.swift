/// A PKCS #11 URI (RFC 7512): which token, which object on it, and how it is reached.
///
/// What matches a token or an object stands before the question mark; what is of this machine alone stands after it.
public struct PKCS11URI: Hashable, Sendable {
  /// The token's label.
  public var token: String?
  public var serial: String?
  public var manufacturer: String?
  public var model: String?
  public var slotID: UInt?
  /// The object's label (CKA_LABEL).
  public var object: String?
  /// CKA_ID.
  public var id: [UInt8]?
  /// The object's class: `private` where a key is named.
  public var type: String?
  /// The module's file, absolute.
  public var modulePath: String?
  /// The file that holds the PIN, absolute.
  public var pinSource: String?

  public init() {}

  /// Whether two name the same token, so far as both say.
  public func namesToken(of other: PKCS11URI) -> Bool {
    func agree<T: Equatable>(_ a: T?, _ b: T?) -> Bool { a == nil || b == nil || a == b }
    return agree(token, other.token) && agree(serial, other.serial) && agree(slotID, other.slotID)
      && agree(manufacturer, other.manufacturer) && agree(model, other.model)
  }

  public var namesAnyToken: Bool { token != nil || serial != nil || slotID != nil }

  /// The token's part alone.
  public var tokenOnly: PKCS11URI {
    var only = PKCS11URI()
    (only.token, only.serial, only.slotID) = (token, serial, slotID)
    (only.manufacturer, only.model) = (manufacturer, model)
    return only
  }

  /// The URI of a private key on this token.
  public func key(object: String, id: [UInt8]?) -> PKCS11URI {
    var key = tokenOnly
    (key.object, key.id, key.type) = (object, id, "private")
    return key
  }
}

extension PKCS11URI: CustomStringConvertible {
  /// Everything that is not unreserved is percent-encoded.
  public var description: String {
    var path: [(String, String?)] = [
      ("token", token.map(Self.encode)), ("serial", serial.map(Self.encode)),
      ("manufacturer", manufacturer.map(Self.encode)), ("model", model.map(Self.encode)),
    ]
    path.append(("slot-id", slotID.map { "\($0)" }))
    path.append(("object", object.map(Self.encode)))
    path.append(("id", id.map { octets in octets.map { Self.escape($0) }.joined() }))
    path.append(("type", type.map(Self.encode)))
    let query: [(String, String?)] = [
      ("module-path", modulePath.map(Self.encodePath)), ("pin-source", pinSource.map(Self.encodePath)),
    ]
    let end = Self.joined(query, "&")
    return "pkcs11:" + Self.joined(path, ";") + (end.isEmpty ? "" : "?" + end)
  }

  private static func joined(_ attributes: [(String, String?)], _ separator: String) -> String {
    attributes.compactMap { name, value in value.map { "\(name)=\($0)" } }.joined(separator: separator)
  }

  private static func encode(_ text: String) -> String { encode(text, keeping: []) }
  private static func encodePath(_ text: String) -> String { encode(text, keeping: [0x2F, 0x3A]) }

  private static func encode(_ text: String, keeping: [UInt8]) -> String {
    text.utf8.map { octet in
      isUnreserved(octet) || keeping.contains(octet) ? String(UnicodeScalar(octet)) : escape(octet)
    }.joined()
  }

  private static func escape(_ octet: UInt8) -> String {
    let digits = String(octet, radix: 16, uppercase: true)
    return "%" + (digits.count == 1 ? "0" : "") + digits
  }

  /// RFC 3986 §2.3.
  package static func isUnreserved(_ octet: UInt8) -> Bool {
    switch octet {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
    default: false
    }
  }
}

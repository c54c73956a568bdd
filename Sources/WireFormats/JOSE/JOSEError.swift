/// Why a JOSE object was not taken.
public enum JOSEError: Error, Hashable, Sendable {
  /// Over `FlattenedJWS.maximumSize`.
  case tooLarge
  case notJSON(JSONFailure)
  /// A member that is missing, of another type, or must not be there, by its name.
  case member(String)
  /// Not base64url without padding (RFC 7515 §2).
  case notBase64URL(String)
  case unsupportedAlgorithm(String)
  /// A key of another type or curve.
  case unsupportedKey(String)
}

extension JOSEError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLarge: "the JWS is larger than \(FlattenedJWS.maximumSize) octets"
    case .notJSON(let failure): failure.description
    case .member(let name): "\"\(name)\" is missing, of another type, or does not belong here"
    case .notBase64URL(let name): "\"\(name)\" is not base64url without padding"
    case .unsupportedAlgorithm(let name): "the algorithm \(name) is not taken here"
    case .unsupportedKey(let name): "keys of type \(name) are not taken here"
    }
  }
}

extension Base64 {
  /// RFC 7515 §2: base64url without padding, and the one spelling of its octets alone.
  public static func decodeJOSE(_ text: String) -> [UInt8]? {
    guard let octets = decodeURL(text.utf8), encodeURL(octets) == text else { return nil }
    return octets
  }
}

extension JSONValue {
  /// The string, when this is one.
  public var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The members, when this is an object.
  public var members: [Member]? {
    guard case .object(let members) = self else { return nil }
    return members
  }

  /// The elements, when this is an array.
  public var elements: [JSONValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }
}

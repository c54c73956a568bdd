import WireFormats

/// The name and secret of an HTTP Basic Authorization field (RFC 7617). Never printed: the secret is in it.
public struct BasicAuthorization: Sendable, CustomStringConvertible {
  /// A device's serial or a grant's name.
  public let name: String
  /// The secret's text as it came: 43 characters of base64url in a good one.
  public let secret: [UInt8]

  public var description: String { "Basic \(name)" }

  /// Longer fields are not read: a name of 64 and a secret of 43 octets take 146 characters.
  private static let longestField = 1024

  /// Nil for another scheme, for what is not base64 of text, and for an empty name.
  public init?(parsing field: String) {
    let octets = Array(field.utf8)
    guard octets.count <= Self.longestField, let space = octets.firstIndex(of: 0x20) else { return nil }
    // RFC 9110 §11.1: the scheme's case does not matter.
    guard String(decoding: octets[..<space], as: UTF8.self).lowercased() == "basic" else { return nil }
    // RFC 7617 §2 keeps colons out of names, and a serial may be a MAC address. No secret of ours has one, so the last
    // colon divides.
    guard let decoded = Base64.decode(octets[(space + 1)...]), let colon = decoded.lastIndex(of: UInt8(ascii: ":")),
      let name = String(validating: decoded[..<colon], as: UTF8.self), !name.isEmpty
    else { return nil }
    // RFC 7617 §2: neither holds a control character.
    guard !decoded.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
    self.name = name
    secret = Array(decoded[(colon + 1)...])
  }
}

import WireFormats

/// Why a text is no URI that is used here.
public struct PKCS11URIError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  package init(_ reason: String) { description = reason }
}

extension PKCS11URI {
  /// Far over what labels and paths need.
  package static let maximumLength = 1024

  /// RFC 7512 §2.3. What cannot be honoured is refused and never passed over: a URI that names a PIN, a module by its
  /// name alone, or an attribute that is not known here.
  public init(parsing text: String) throws(PKCS11URIError) {
    guard text.utf8.count <= Self.maximumLength else {
      throw PKCS11URIError("a PKCS #11 URI has at most \(Self.maximumLength) characters")
    }
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw PKCS11URIError("a PKCS #11 URI holds no spaces or other characters that are not percent-encoded")
    }
    guard text.hasPrefix("pkcs11:") else { throw PKCS11URIError("a PKCS #11 URI begins with pkcs11:") }
    self.init()
    let body = text.utf8.dropFirst(7)
    let mark = body.firstIndex(of: 0x3F) ?? body.endIndex
    var seen: Set<String> = []
    for attribute in body[..<mark].split(separator: 0x3B) {
      let (name, value) = try Self.attribute(attribute, in: &seen)
      try takePath(name, value)
    }
    for attribute in body[mark...].dropFirst().split(separator: 0x26) {
      let (name, value) = try Self.attribute(attribute, in: &seen)
      try takeQuery(name, value)
    }
  }

  private typealias Octets = Substring.UTF8View

  private static func attribute(
    _ text: Octets, in seen: inout Set<String>
  ) throws(PKCS11URIError) -> (name: String, value: [UInt8]) {
    guard let equals = text.firstIndex(of: 0x3D) else {
      throw PKCS11URIError("'\(Substring(text))' in the PKCS #11 URI has no value")
    }
    let name = String(Substring(text[..<equals]))
    guard seen.insert(name).inserted else { throw PKCS11URIError("the PKCS #11 URI says \(name) twice") }
    guard let value = decode(text[text.index(after: equals)...]) else {
      throw PKCS11URIError("the value of \(name) in the PKCS #11 URI is not well percent-encoded")
    }
    return (name, value)
  }

  /// RFC 3986 §2.1; nil for a percent sign without two hexadecimal digits.
  private static func decode(_ text: Octets) -> [UInt8]? {
    var octets: [UInt8] = []
    var rest = text
    while let octet = rest.popFirst() {
      guard octet == 0x25 else {
        octets.append(octet)
        continue
      }
      guard rest.count >= 2, let decoded = Hex.decode(String(Substring(rest.prefix(2)))) else { return nil }
      octets += decoded
      rest = rest.dropFirst(2)
    }
    return octets
  }

  private mutating func takePath(_ name: String, _ value: [UInt8]) throws(PKCS11URIError) {
    switch name {
    case "token": token = try Self.text(value, name, most: 32)
    case "serial": serial = try Self.text(value, name, most: 16)
    case "manufacturer": manufacturer = try Self.text(value, name, most: 32)
    case "model": model = try Self.text(value, name, most: 16)
    case "object": object = try Self.text(value, name, most: 128)
    case "id":
      guard (1...64).contains(value.count) else { throw PKCS11URIError("id in a PKCS #11 URI is 1 to 64 octets") }
      id = value
    case "type":
      guard value == Array("private".utf8) else {
        throw PKCS11URIError("type in a PKCS #11 URI is private here: keys that sign are named")
      }
      type = "private"
    case "slot-id":
      guard value.count <= 19, let number = UInt(String(decoding: value, as: UTF8.self)) else {
        throw PKCS11URIError("slot-id in a PKCS #11 URI is a number")
      }
      slotID = number
    default: throw PKCS11URIError("the attribute \(name) of a PKCS #11 URI is not known here")
    }
  }

  private mutating func takeQuery(_ name: String, _ value: [UInt8]) throws(PKCS11URIError) {
    switch name {
    case "module-path": modulePath = try Self.path(value, name)
    case "pin-source":
      var path = value[...]
      if path.starts(with: Array("file:".utf8)) { path = path.dropFirst(5) }
      if path.starts(with: Array("///".utf8)) { path = path.dropFirst(2) }
      pinSource = try Self.path(Array(path), name)
    case "pin-value":
      throw PKCS11URIError("a PIN never stands in a URI: name a file that holds it with pin-source")
    case "module-name":
      throw PKCS11URIError("name the module's file with module-path instead of module-name")
    default: throw PKCS11URIError("the attribute \(name) of a PKCS #11 URI is not known here")
    }
  }

  private static func text(_ value: [UInt8], _ name: String, most: Int) throws(PKCS11URIError) -> String {
    guard (1...most).contains(value.count), let text = String(validating: value, as: UTF8.self),
      text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
    else { throw PKCS11URIError("\(name) in a PKCS #11 URI is 1 to \(most) octets of text") }
    return text
  }

  /// RFC 7512 §2.4 lets a source be a command; here it is a file alone.
  private static func path(_ value: [UInt8], _ name: String) throws(PKCS11URIError) -> String {
    guard value.first == 0x2F, let path = String(validating: value, as: UTF8.self),
      path.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
    else { throw PKCS11URIError("\(name) in a PKCS #11 URI is the absolute path of a file") }
    return path
  }
}

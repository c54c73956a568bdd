import WireFormats

/// The part of JSON that an entry consists of: strings, and objects two levels deep.
///
/// Writing follows RFC 8785. Reading takes any order, escape and white space; whoever reads compares with what would be
/// written, so that there is one form of each entry.
enum CanonicalJSON: Hashable {
  case string(String)
  case object([String: CanonicalJSON])

  var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// A member that is a string, behind those that its object has so far.
  static func append(_ name: String, _ text: String, to octets: inout [UInt8]) {
    appendName(name, to: &octets)
    append(text, to: &octets)
  }

  /// A member that is an object of strings.
  static func append(_ name: String, _ members: [String: String], to octets: inout [UInt8]) {
    appendName(name, to: &octets)
    octets.append(UInt8(ascii: "{"))
    for member in members.sorted(by: { precedes($0.key, $1.key) }) { append(member.key, member.value, to: &octets) }
    octets.append(UInt8(ascii: "}"))
  }

  private static func appendName(_ name: String, to octets: inout [UInt8]) {
    if octets.last != UInt8(ascii: "{") { octets.append(UInt8(ascii: ",")) }
    append(name, to: &octets)
    octets.append(UInt8(ascii: ":"))
  }

  // RFC 8785 §3.2.3: members are sorted by the UTF-16 code units of their names. The order of UTF-8 differs from that
  // only above U+DFFF.
  private static func precedes(_ left: String, _ right: String) -> Bool {
    guard left.utf8.allSatisfy({ $0 < 0xEE }), right.utf8.allSatisfy({ $0 < 0xEE }) else {
      return left.utf16.lexicographicallyPrecedes(right.utf16)
    }
    return left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  // RFC 8785 §3.2.2.2: two-character escapes where JSON has them, \u00xx for other controls, all else as it is.
  private static func append(_ text: String, to octets: inout [UInt8]) {
    octets.append(UInt8(ascii: "\""))
    for octet in text.utf8 {
      switch octet {
      case 0x22, 0x5C: octets.append(contentsOf: [0x5C, octet])
      case 0x08: octets.append(contentsOf: "\\b".utf8)
      case 0x09: octets.append(contentsOf: "\\t".utf8)
      case 0x0A: octets.append(contentsOf: "\\n".utf8)
      case 0x0C: octets.append(contentsOf: "\\f".utf8)
      case 0x0D: octets.append(contentsOf: "\\r".utf8)
      case 0..<0x20: octets.append(contentsOf: "\\u00\(Hex.encode(CollectionOfOne(octet)))".utf8)
      default: octets.append(octet)
      }
    }
    octets.append(UInt8(ascii: "\""))
  }

  /// Nil for anything but one object of strings and objects of strings.
  static func parse(_ octets: [UInt8]) -> CanonicalJSON? {
    var reader = CanonicalJSONReader(rest: octets[...])
    guard let value = reader.value(depth: 0), reader.rest.isEmpty else { return nil }
    return value
  }
}

/// Reads from the front of `rest`; each step gives nil where the octets end or differ.
struct CanonicalJSONReader {
  var rest: ArraySlice<UInt8>

  mutating func value(depth: Int) -> CanonicalJSON? {
    switch rest.first {
    case UInt8(ascii: "\""): text().map { .string($0) }
    case UInt8(ascii: "{") where depth < 2: object(depth: depth).map { .object($0) }
    default: nil
    }
  }

  private mutating func take(_ octet: Character) -> Bool {
    guard let first = rest.first, first == octet.asciiValue else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func object(depth: Int) -> [String: CanonicalJSON]? {
    guard take("{") else { return nil }
    var members: [String: CanonicalJSON] = [:]
    if take("}") { return members }
    repeat {
      guard let name = text(), take(":"), let value = value(depth: depth + 1), members[name] == nil else { return nil }
      members[name] = value
    } while take(",")
    return take("}") ? members : nil
  }

  private mutating func text() -> String? {
    guard take("\"") else { return nil }
    var octets: [UInt8] = []
    while let octet = rest.popFirst() {
      switch octet {
      case UInt8(ascii: "\""): return String(validating: octets, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let escaped = escape() else { return nil }
        octets.append(escaped)
      case 0..<0x20: return nil
      default: octets.append(octet)
      }
    }
    return nil
  }

  /// Only the escapes that the canonical form has, all of which stand for one ASCII octet.
  private mutating func escape() -> UInt8? {
    switch rest.popFirst() {
    case UInt8(ascii: "\""): return 0x22
    case UInt8(ascii: "\\"): return 0x5C
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "f"): return 0x0C
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "u"):
      let digits = rest.prefix(4)
      guard digits.count == 4, let code = Hex.decode(String(decoding: digits, as: UTF8.self)), code.count == 2,
        code[0] == 0, code[1] < 0x20
      else { return nil }
      rest.removeFirst(4)
      return code[1]
    default: return nil
    }
  }
}

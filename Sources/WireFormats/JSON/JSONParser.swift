/// Why a text was not taken as JSON, and at which octet.
public enum JSONFailure: Error, Hashable, Sendable, CustomStringConvertible {
  case unexpected(at: Int)
  case endsEarly
  case tooDeep(limit: Int, at: Int)
  case repeatedKey(String)
  case numberTooLarge(at: Int)
  case notUTF8

  public var description: String {
    switch self {
    case .unexpected(let place): "this is no JSON: octet \(place) is unexpected"
    case .endsEarly: "this is no JSON: it ends early"
    case .tooDeep(let limit, let place): "this JSON is nested deeper than \(limit) at octet \(place)"
    case .repeatedKey(let key): "the key \"\(key)\" stands twice in one object"
    case .numberTooLarge(let place): "the number at octet \(place) is out of range"
    case .notUTF8: "this is no JSON: it is not UTF-8"
    }
  }
}

/// Reads one JSON text, strictly (RFC 8259): UTF-8, no repeated keys, no more nesting than a request of ours needs.
///
/// A parser of our own, since the system's takes the last of repeated keys, which lets two readers of one request see
/// two requests.
public struct JSONParser: ~Copyable {
  /// Deeper than any body of the interface.
  public static let deepest = 16

  private let text: [UInt8]
  private var place = 0

  public static func parse(_ text: [UInt8]) throws(JSONFailure) -> JSONValue {
    guard String(validating: text, as: UTF8.self) != nil else { throw .notUTF8 }
    var parser = JSONParser(text: text)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.place == text.count else { throw .unexpected(at: parser.place) }
    return value
  }

  private init(text: [UInt8]) { self.text = text }

  private var current: UInt8? { place < text.count ? text[place] : nil }

  private mutating func skipSpace() {
    while let octet = current, octet == 0x20 || octet == 0x0A || octet == 0x0D || octet == 0x09 { place += 1 }
  }

  private mutating func take() throws(JSONFailure) -> UInt8 {
    guard let octet = current else { throw .endsEarly }
    place += 1
    return octet
  }

  private mutating func expect(_ octet: UInt8) throws(JSONFailure) {
    guard let found = current else { throw .endsEarly }
    guard found == octet else { throw .unexpected(at: place) }
    place += 1
  }

  private mutating func value(depth: Int) throws(JSONFailure) -> JSONValue {
    guard depth < Self.deepest else { throw .tooDeep(limit: Self.deepest, at: place) }
    skipSpace()
    guard let octet = current else { throw .endsEarly }
    switch octet {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONFailure) -> JSONValue {
    for octet in "\(word)".utf8 { try expect(octet) }
    return value
  }

  private mutating func object(depth: Int) throws(JSONFailure) -> JSONValue {
    try expect(UInt8(ascii: "{"))
    var members: [JSONValue.Member] = []
    var keys: Set<String> = []
    skipSpace()
    if current == UInt8(ascii: "}") {
      place += 1
      return .object([])
    }
    while true {
      skipSpace()
      let key = try string()
      guard keys.insert(key).inserted else { throw .repeatedKey(key) }
      skipSpace()
      try expect(UInt8(ascii: ":"))
      members.append(JSONValue.Member(key, try value(depth: depth + 1)))
      if try endsList(UInt8(ascii: "}")) { return .object(members) }
    }
  }

  private mutating func array(depth: Int) throws(JSONFailure) -> JSONValue {
    try expect(UInt8(ascii: "["))
    var elements: [JSONValue] = []
    skipSpace()
    if current == UInt8(ascii: "]") {
      place += 1
      return .array([])
    }
    while true {
      elements.append(try value(depth: depth + 1))
      if try endsList(UInt8(ascii: "]")) { return .array(elements) }
    }
  }

  /// Takes the comma or the closing bracket after an element.
  private mutating func endsList(_ bracket: UInt8) throws(JSONFailure) -> Bool {
    skipSpace()
    let octet = try take()
    if octet == bracket { return true }
    guard octet == UInt8(ascii: ",") else { throw .unexpected(at: place - 1) }
    return false
  }
}

// Strings and numbers (RFC 8259 §6, §7).
extension JSONParser {
  private mutating func string() throws(JSONFailure) -> String {
    try expect(UInt8(ascii: "\""))
    var octets: [UInt8] = []
    while true {
      let octet = try take()
      switch octet {
      case UInt8(ascii: "\""): return String(decoding: octets, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &octets)
      case 0..<0x20: throw .unexpected(at: place - 1)
      default: octets.append(octet)
      }
    }
  }

  private mutating func escape(into octets: inout [UInt8]) throws(JSONFailure) {
    switch try take() {
    case UInt8(ascii: "\""): octets.append(0x22)
    case UInt8(ascii: "\\"): octets.append(0x5C)
    case UInt8(ascii: "/"): octets.append(0x2F)
    case UInt8(ascii: "b"): octets.append(0x08)
    case UInt8(ascii: "f"): octets.append(0x0C)
    case UInt8(ascii: "n"): octets.append(0x0A)
    case UInt8(ascii: "r"): octets.append(0x0D)
    case UInt8(ascii: "t"): octets.append(0x09)
    case UInt8(ascii: "u"): octets.append(contentsOf: String(try scalar()).utf8)
    default: throw .unexpected(at: place - 1)
    }
  }

  /// RFC 8259 §7: what is beyond the basic plane is a pair of surrogates; a lone one is no character.
  private mutating func scalar() throws(JSONFailure) -> Character {
    let start = place
    let unit = try fourDigits()
    var code = UInt32(unit)
    if UTF16.isLeadSurrogate(unit) {
      try expect(UInt8(ascii: "\\"))
      try expect(UInt8(ascii: "u"))
      let trail = try fourDigits()
      guard UTF16.isTrailSurrogate(trail) else { throw .unexpected(at: start) }
      code = 0x10000 + (UInt32(unit) - 0xD800) * 0x400 + (UInt32(trail) - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw .unexpected(at: start) }
    return Character(scalar)
  }

  private mutating func fourDigits() throws(JSONFailure) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      let octet = try take()
      guard let digit = Character(Unicode.Scalar(octet)).hexDigitValue else { throw .unexpected(at: place - 1) }
      value = value << 4 | UInt16(digit)
    }
    return value
  }

  private mutating func number() throws(JSONFailure) -> JSONValue {
    let start = place
    if current == UInt8(ascii: "-") { place += 1 }
    let digits = place
    try takeDigits()
    guard place - digits == 1 || text[digits] != UInt8(ascii: "0") else { throw .unexpected(at: digits) }
    let isInteger = try !takeFractionAndExponent()
    guard place - start <= 64 else { throw .numberTooLarge(at: start) }
    let written = String(decoding: text[start..<place], as: UTF8.self)
    guard isInteger else { return .number(written) }
    guard let value = Int64(written) else { throw .numberTooLarge(at: start) }
    return .integer(value)
  }

  private mutating func takeFractionAndExponent() throws(JSONFailure) -> Bool {
    let start = place
    if current == UInt8(ascii: ".") {
      place += 1
      try takeDigits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      place += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { place += 1 }
      try takeDigits()
    }
    return place > start
  }

  /// At least one.
  private mutating func takeDigits() throws(JSONFailure) {
    let start = place
    while let octet = current, (0x30...0x39).contains(octet) { place += 1 }
    guard place > start else {
      if place == text.count { throw .endsEarly }
      throw .unexpected(at: place)
    }
  }
}

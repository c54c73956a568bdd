/// A CBOR data item (RFC 8949), as far as attestation objects use it: definite lengths, no floats, no tags.
public indirect enum CBOR: Hashable, Sendable {
  case unsigned(UInt64)
  /// The argument n of -1 - n.
  case negative(UInt64)
  case bytes([UInt8])
  case text(String)
  case array([CBOR])
  case map([Entry])
  case boolean(Bool)
  case null

  public struct Entry: Hashable, Sendable {
    public let key: CBOR
    public let value: CBOR

    public init(_ key: CBOR, _ value: CBOR) { (self.key, self.value) = (key, value) }
  }

  /// The value of a text key, when this is a map that has it.
  public subscript(key: String) -> CBOR? {
    guard case .map(let entries) = self else { return nil }
    return entries.first { $0.key == .text(key) }?.value
  }

  /// The octets, when this is a byte string.
  public var octets: [UInt8]? {
    guard case .bytes(let octets) = self else { return nil }
    return octets
  }

  /// The characters, when this is a text string.
  public var characters: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  /// The number, when it is an integer of 63 bits and its sign.
  public var integer: Int64? {
    switch self {
    case .unsigned(let value): Int64(exactly: value)
    case .negative(let value): Int64(exactly: value).map { -1 - $0 }
    default: nil
    }
  }
}

/// Why octets were not taken as CBOR.
public enum CBORError: Error, Hashable, Sendable {
  case truncated
  /// What well-formed CBOR may hold and is not used here: indefinite lengths, floats, tags, simple values.
  case unsupported
  /// A length or number that is longer than it needs to be (RFC 8949 §4.2.1).
  case notShortest
  case notUTF8
  case tooDeep
  case repeatedKey
  case trailing
}

/// Reads one CBOR item, whole.
public struct CBORReader {
  public static let deepest = 8

  private let octets: [UInt8]
  private var place = 0

  public static func parse(_ octets: [UInt8]) throws(CBORError) -> CBOR {
    var reader = CBORReader(octets: octets)
    let item = try reader.item(depth: 0)
    guard reader.place == octets.count else { throw .trailing }
    return item
  }

  private init(octets: [UInt8]) { self.octets = octets }

  private mutating func take(_ count: UInt64) throws(CBORError) -> ArraySlice<UInt8> {
    guard let count = Int(exactly: count), count <= octets.count - place else { throw .truncated }
    defer { place += count }
    return octets[place..<place + count]
  }

  private mutating func item(depth: Int) throws(CBORError) -> CBOR {
    guard depth < Self.deepest else { throw .tooDeep }
    guard let first = try take(1).first else { throw .truncated }
    let argument = first >> 5 == 7 ? UInt64(first & 0x1F) : try argument(first & 0x1F)
    switch first >> 5 {
    case 0: return .unsigned(argument)
    case 1: return .negative(argument)
    case 2: return .bytes(Array(try take(argument)))
    case 3:
      guard let text = String(validating: try take(argument), as: UTF8.self) else { throw .notUTF8 }
      return .text(text)
    case 4: return try array(argument, depth: depth)
    case 5: return try map(argument, depth: depth)
    default: return try simple(first)
    }
  }

  private func simple(_ first: UInt8) throws(CBORError) -> CBOR {
    switch first {
    case 0xF4: return .boolean(false)
    case 0xF5: return .boolean(true)
    case 0xF6: return .null
    default: throw .unsupported
    }
  }

  private mutating func argument(_ information: UInt8) throws(CBORError) -> UInt64 {
    guard information >= 24 else { return UInt64(information) }
    guard information <= 27 else { throw .unsupported }
    let value = try take(1 << UInt64(information - 24)).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let least: [UInt64] = [24, 0x100, 0x1_0000, 0x1_0000_0000]
    guard value >= least[Int(information - 24)] else { throw .notShortest }
    return value
  }

  private mutating func array(_ count: UInt64, depth: Int) throws(CBORError) -> CBOR {
    // Each element takes an octet at least.
    guard count <= UInt64(octets.count - place) else { throw .truncated }
    var elements: [CBOR] = []
    for _ in 0..<count { elements.append(try item(depth: depth + 1)) }
    return .array(elements)
  }

  private mutating func map(_ count: UInt64, depth: Int) throws(CBORError) -> CBOR {
    guard count <= UInt64(octets.count - place) / 2 else { throw .truncated }
    var entries: [CBOR.Entry] = []
    var keys: Set<CBOR> = []
    for _ in 0..<count {
      let key = try item(depth: depth + 1)
      guard keys.insert(key).inserted else { throw .repeatedKey }
      entries.append(CBOR.Entry(key, try item(depth: depth + 1)))
    }
    return .map(entries)
  }
}

/// An OBJECT IDENTIFIER, kept as its DER content octets so that comparing costs nothing (X.690 §8.19).
public struct ObjectIdentifier: Hashable, Sendable, CustomStringConvertible {
  public let content: [UInt8]

  /// From received content octets. At most 64 octets, each arc at most 63 bits.
  public init(content: ArraySlice<UInt8>) throws(DERError) {
    guard !content.isEmpty, content.count <= 64, let last = content.last, last < 0x80 else {
      throw .badObjectIdentifier
    }
    var startsArc = true
    var arcLength = 0
    for octet in content {
      guard !(startsArc && octet == 0x80) else { throw .badObjectIdentifier }
      arcLength = startsArc ? 1 : arcLength + 1
      guard arcLength <= 9 else { throw .badObjectIdentifier }
      startsArc = octet < 0x80
    }
    self.content = Array(content)
  }

  /// From arcs written in this program, for example `[2, 5, 29, 17]`.
  public init(_ arcs: [UInt64]) {
    var bytes: [UInt8] = []
    let first = arcs.count > 1 ? arcs[0] * 40 + arcs[1] : 0
    for arc in [first] + arcs.dropFirst(2) { bytes += Self.base128(arc) }
    content = bytes
  }

  /// From dotted text such as `1.3.6.1.4.1.1`; nil when it is not an identifier.
  public init?(dotted text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 2, parts.count <= 32 else { return nil }
    var arcs: [UInt64] = []
    for part in parts {
      guard part.allSatisfy(\.isASCII), part.allSatisfy(\.isNumber), part == "0" || part.first != "0",
        let arc = UInt64(part), arc < 1 << 56
      else { return nil }
      arcs.append(arc)
    }
    guard arcs[0] <= 2, arcs[0] == 2 || arcs[1] < 40 else { return nil }
    self.init(arcs)
  }

  public var description: String {
    var arcs: [UInt64] = []
    var value: UInt64 = 0
    for octet in content {
      value = value << 7 | UInt64(octet & 0x7F)
      if octet < 0x80 {
        arcs.append(value)
        value = 0
      }
    }
    guard let first = arcs.first else { return "" }
    let root = min(first / 40, 2)
    return ([root, first - root * 40] + arcs.dropFirst()).map(String.init).joined(separator: ".")
  }

  private static func base128(_ arc: UInt64) -> [UInt8] {
    var bytes = [UInt8(arc & 0x7F)]
    var rest = arc >> 7
    while rest > 0 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes.reversed()
  }
}

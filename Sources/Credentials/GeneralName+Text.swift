import WireFormats

extension GeneralName: CustomStringConvertible {
  /// For example `dns:pump-7.example` or `ip:10.0.0.7`; what profiles and `profile try` show.
  public var description: String {
    switch self {
    case .dnsName(let text): "dns:" + DistinguishedName.escape(text)
    case .ipAddress(let octets): "ip:" + Self.text(of: octets)
    case .uri(let text): "uri:" + DistinguishedName.escape(text)
    case .email(let text): "email:" + DistinguishedName.escape(text)
    case .directoryName(let name): "dirname:\(name)"
    case .otherName(let type, let value): "othername:\(type)=#" + Hex.encode(value)
    case .registeredID(let identifier): "rid:\(identifier)"
    case .other(let tag, let content): "other:\(tag & 0x1F)=#" + Hex.encode(content)
    }
  }

  /// Reads an address as `10.0.0.7` or as RFC 4291 §2.2 writes IPv6; nil otherwise.
  public static func ipAddress(text: some StringProtocol) -> GeneralName? {
    let octets = text.contains(":") ? sixteenOctets(String(text)) : fourOctets(String(text))
    return octets.map { .ipAddress($0) }
  }

  private static func text(of octets: [UInt8]) -> String {
    guard octets.count == 16 else { return octets.map(String.init).joined(separator: ".") }
    let groups = stride(from: 0, to: 16, by: 2).map { UInt16(octets[$0]) << 8 | UInt16(octets[$0 + 1]) }
    // RFC 5952 §4.2: `::` for the longest run of at least two zero groups, the first one of equals.
    var best = 0..<0
    var start = 0
    for index in 0...8 where index == 8 || groups[index] != 0 {
      if index - start > max(best.count, 1) { best = start..<index }
      start = index + 1
    }
    func join(_ part: ArraySlice<UInt16>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
    return best.isEmpty ? join(groups[...]) : join(groups[..<best.lowerBound]) + "::" + join(groups[best.upperBound...])
  }

  private static func fourOctets(_ text: String) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var octets: [UInt8] = []
    for part in parts {
      guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), part == "0" || part.first != "0",
        let octet = UInt8(part)
      else { return nil }
      octets.append(octet)
    }
    return octets
  }

  private static func sixteenOctets(_ text: String) -> [UInt8]? {
    let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    guard halves.count <= 2, let head = groups(halves[0], endsAddress: halves.count == 1) else { return nil }
    guard halves.count == 2 else { return head.count == 16 ? head : nil }
    guard let tail = groups(halves[1], endsAddress: true), head.count + tail.count <= 14 else { return nil }
    return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
  }

  /// RFC 4291 §2.2 (3): only the address as a whole may end in four decimal octets.
  private static func groups(_ text: String, endsAddress: Bool) -> [UInt8]? {
    guard !text.isEmpty else { return [] }
    var octets: [UInt8] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if endsAddress, index == parts.count - 1, part.contains("."), let last = fourOctets(String(part)) {
        octets += last
      } else {
        guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ Hex.isDigit($0) }),
          let group = UInt16(part, radix: 16)
        else { return nil }
        octets += [UInt8(group >> 8), UInt8(group & 0xFF)]
      }
    }
    return octets
  }
}

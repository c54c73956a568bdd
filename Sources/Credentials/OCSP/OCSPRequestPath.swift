import WireFormats

/// The request in a GET's path (RFC 6960 appendix A.1): percent-encoded base64 after the responder's own path.
public enum OCSPRequestPath {
  /// Decodes what follows `/ocsp/`, as it stood in the request line.
  ///
  /// Base64 has `/`, `+` and `=`, which clients should percent-encode and often do not: both are taken, with slashes
  /// inside. A `+` that somebody on the way made a space is read as `+`. Slashes at the beginning, which doubled ones
  /// leave there, are dropped: a request begins with a SEQUENCE, so its base64 with `M`.
  ///
  /// - Parameter limit: Octets of the request; nil is returned for more, and for what is not base64.
  public static func decode(_ path: some StringProtocol, limit: Int = OCSPRequestLimits().octets) -> [UInt8]? {
    // Every base64 character may be three characters long.
    guard path.utf8.count <= (limit / 3 + 1) * 12, let text = percentDecoded(path) else { return nil }
    let symbols = text.drop { $0 == UInt8(ascii: "/") }.map { $0 == 0x20 ? UInt8(ascii: "+") : $0 }
    guard !symbols.isEmpty, !symbols.contains(where: { $0 < 0x20 }), let bytes = Base64.decode(symbols),
      bytes.count <= limit
    else { return nil }
    return bytes
  }

  private static func percentDecoded(_ path: some StringProtocol) -> [UInt8]? {
    var octets: [UInt8] = []
    octets.reserveCapacity(path.utf8.count)
    var source = path.utf8.makeIterator()
    while let octet = source.next() {
      guard octet == UInt8(ascii: "%") else {
        octets.append(octet)
        continue
      }
      guard let high = source.next(), let low = source.next(),
        let value = Hex.decode(String(decoding: [high, low], as: UTF8.self))?.first
      else { return nil }
      octets.append(value)
    }
    return octets
  }
}

import NIOCore

/// The line or block that a proxy puts before a connection's first octet to name the real client (PROXY protocol,
/// versions 1 and 2).
package enum ProxyHeader: Hashable {
  /// More octets are needed.
  case incomplete
  case malformed
  /// - Parameters:
  ///   - address: the client's, nil where the proxy speaks for itself.
  ///   - length: octets to skip.
  case header(address: String?, length: Int)

  /// §2.1: the longest line of version 1 with its CRLF.
  private static let longestLine = 107
  /// Not of the specification: addresses take 36 octets, the rest are options that nobody here reads.
  private static let longestBlock = 2048
  /// §2.2.
  private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

  package static func parse(_ bytes: [UInt8]) -> ProxyHeader {
    let start = bytes.prefix(signature.count)
    if signature.starts(with: start) {
      return start.count < signature.count ? .incomplete : parseBlock(bytes)
    }
    let word = Array("PROXY ".utf8)
    let begin = bytes.prefix(word.count)
    guard word.starts(with: begin) else { return .malformed }
    return begin.count < word.count ? .incomplete : parseLine(bytes)
  }

  private static func parseLine(_ bytes: [UInt8]) -> ProxyHeader {
    guard let end = bytes.prefix(longestLine).firstIndex(of: 0x0A) else {
      return bytes.count < longestLine ? .incomplete : .malformed
    }
    guard end > 0, bytes[end - 1] == 0x0D else { return .malformed }
    let words = String(decoding: bytes[..<(end - 1)], as: UTF8.self).split(
      separator: " ", omittingEmptySubsequences: false)
    if words.count >= 2, words[1] == "UNKNOWN" { return .header(address: nil, length: end + 1) }
    guard words.count == 6, words[1] == "TCP4" || words[1] == "TCP6", let port = Int(words[4]), 0...65535 ~= port,
      let address = try? SocketAddress(ipAddress: String(words[2]), port: port),
      (address.protocol == .inet) == (words[1] == "TCP4"), let text = address.ipAddress
    else { return .malformed }
    return .header(address: text, length: end + 1)
  }

  private static func parseBlock(_ bytes: [UInt8]) -> ProxyHeader {
    guard bytes.count >= 16 else { return .incomplete }
    let length = 16 + Int(bytes[14]) << 8 + Int(bytes[15])
    guard length <= longestBlock, bytes[12] >> 4 == 2 else { return .malformed }
    guard bytes.count >= length else { return .incomplete }
    switch (bytes[12] & 0x0F, bytes[13]) {
    // §2.2: LOCAL, a health check of the proxy itself; its addresses are ignored.
    case (0, _): return .header(address: nil, length: length)
    case (1, 0x11): return address(bytes, octets: 4, needs: 12, length: length)
    case (1, 0x21): return address(bytes, octets: 16, needs: 36, length: length)
    case (1, 0x00): return .header(address: nil, length: length)
    default: return .malformed
    }
  }

  private static func address(_ bytes: [UInt8], octets: Int, needs: Int, length: Int) -> ProxyHeader {
    guard length >= 16 + needs else { return .malformed }
    let packed = ByteBuffer(bytes: bytes[16..<(16 + octets)])
    guard let text = (try? SocketAddress(packedIPAddress: packed, port: 0))?.ipAddress else { return .malformed }
    return .header(address: text, length: length)
  }
}

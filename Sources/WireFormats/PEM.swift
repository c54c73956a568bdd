/// Textual encodings of PKIX structures (RFC 7468).
public struct PEM: Hashable, Sendable {
  public let label: String
  public let bytes: [UInt8]

  public init(label: String, bytes: [UInt8]) {
    self.label = label
    self.bytes = bytes
  }

  /// RFC 7468 §2: 64 characters a line.
  public var text: String {
    let encoded = Base64.encodeBytes(bytes)
    var text: [UInt8] = Array("-----BEGIN \(label)-----\n".utf8)
    text.reserveCapacity(encoded.count + encoded.count / 64 + 80)
    for start in stride(from: 0, to: encoded.count, by: 64) {
      text.append(contentsOf: encoded[start..<min(start + 64, encoded.count)])
      text.append(0x0A)
    }
    text.append(contentsOf: "-----END \(label)-----\n".utf8)
    return String(decoding: text, as: UTF8.self)
  }

  /// Every block of a text, in order; text around them is ignored. Nil when a block is damaged.
  public static func parse(_ text: some StringProtocol) -> [PEM]? {
    var blocks: [PEM] = []
    var label: String?
    var body: [UInt8] = []
    for line in text.utf8.split(omittingEmptySubsequences: true, whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      let trimmed = String(decoding: line, as: UTF8.self).trimmingWhitespace()
      if let open = label {
        if trimmed == "-----END \(open)-----" {
          guard let bytes = Base64.decode(body) else { return nil }
          blocks.append(PEM(label: open, bytes: bytes))
          (label, body) = (nil, [])
        } else if trimmed.hasPrefix("-----") {
          return nil
        } else {
          body.append(contentsOf: trimmed.utf8)
        }
      } else if trimmed.hasPrefix("-----BEGIN "), trimmed.hasSuffix("-----"), trimmed.utf8.count > 16 {
        label = String(trimmed.dropFirst(11).dropLast(5))
      }
    }
    return label == nil ? blocks : nil
  }
}

extension String {
  fileprivate func trimmingWhitespace() -> String {
    var slice = self[...]
    while slice.first?.isWhitespace == true { slice.removeFirst() }
    while slice.last?.isWhitespace == true { slice.removeLast() }
    return String(slice)
  }
}

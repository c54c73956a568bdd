import WireFormats

/// What stands behind the `?` of a request (RFC 8894 §4.1): `operation=PKIOperation&message=BASE64`.
public struct SCEPQuery: Hashable, Sendable {
  /// Nil for an operation that the standard does not have.
  public let operation: SCEPOperation?
  /// The message of a PKIOperation by GET; nil when it is not base64.
  public let message: [UInt8]?

  /// - Parameter query: As it stands in the request line, escaped or not.
  public init(parsing query: some StringProtocol) {
    var operation: SCEPOperation?
    var message: [UInt8]?
    for field in query.split(separator: "&") {
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { continue }
      switch parts[0] {
      case "operation" where operation == nil: operation = SCEPOperation(rawValue: String(parts[1]))
      // A GetCACert's message names an authority, which is what the path does here.
      case "message" where message == nil: message = Self.message(parts[1])
      default: break
      }
    }
    self.operation = operation
    self.message = message
  }

  /// Base64 whose `+`, `/` and `=` are escaped, as the standard has it (RFC 8894 §4.1), or are not, as old routers send
  /// it; a space is a plus sign that somebody on the way took for one.
  private static func message(_ text: some StringProtocol) -> [UInt8]? {
    guard let octets = unescaped(Array(text.utf8)) else { return nil }
    return Base64.decode(octets.map { $0 == 0x20 ? UInt8(ascii: "+") : $0 })
  }

  private static func unescaped(_ text: [UInt8]) -> [UInt8]? {
    var octets: [UInt8] = []
    octets.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      guard text[index] == UInt8(ascii: "%") else {
        octets.append(text[index])
        index += 1
        continue
      }
      guard text.count - index > 2,
        let octet = Hex.decode(String(decoding: text[index + 1...index + 2], as: UTF8.self))?.first
      else { return nil }
      octets.append(octet)
      index += 3
    }
    return octets
  }
}

import WireFormats

/// A DNS query and its answer (RFC 1035 §4), as far as a validation needs them: addresses and texts of one name.
package struct DNSMessage {
  package enum RecordType: UInt16, Sendable {
    case a = 1
    case txt = 16
    case aaaa = 28
  }

  package enum Failure: Error, Hashable {
    case malformed
    /// The response's code (RFC 1035 §4.1.1): 3 is a name that does not exist.
    case code(UInt8)
    /// RFC 1035 §4.1.1, TC: there is more than a datagram holds.
    case truncated
  }

  /// Data of the records of the type asked for, whatever name a chain of aliases ended in.
  package let records: [[UInt8]]

  /// One question, with recursion asked for. Nil for what is no name.
  package static func query(_ name: String, _ type: RecordType, identifier: UInt16) -> [UInt8]? {
    var message: [UInt8] = big(identifier) + [0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0]
    for label in name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
      guard (1...63).contains(label.count) else { return nil }
      message.append(UInt8(label.count))
      message += label
    }
    guard message.count <= 12 + 254 else { return nil }
    return message + [0] + big(type.rawValue) + [0, 1]
  }

  /// - Parameter query: what was asked; an answer to anything else is not one (RFC 5452 §9.1).
  package init(parsing octets: [UInt8], to query: [UInt8], _ type: RecordType) throws(Failure) {
    let question = query.dropFirst(12)
    guard octets.count >= query.count, octets.prefix(2) == query.prefix(2), octets[2] & 0x80 != 0,
      Self.big(octets, 4) == 1,
      // Servers may change the case of what they repeat.
      octets[12..<12 + question.count].elementsEqual(question, by: { Self.lower($0) == Self.lower($1) })
    else { throw .malformed }
    guard octets[3] & 0x0F == 0 else { throw .code(octets[3] & 0x0F) }
    guard octets[2] & 0x02 == 0 else { throw .truncated }
    var place = 12 + question.count
    var records: [[UInt8]] = []
    for _ in 0..<min(Self.big(octets, 6), 64) {
      place = try Self.afterName(octets, place)
      guard place + 10 <= octets.count else { throw .malformed }
      let length = Self.big(octets, place + 8)
      guard place + 10 + length <= octets.count else { throw .malformed }
      if Self.big(octets, place) == Int(type.rawValue), Self.big(octets, place + 2) == 1 {
        records.append(Array(octets[place + 10..<place + 10 + length]))
      }
      place += 10 + length
    }
    self.records = records
  }

  /// RFC 1035 §3.3.14: character strings, one behind the other.
  package static func text(_ data: [UInt8]) -> String? {
    var (text, place): ([UInt8], Int) = ([], 0)
    while place < data.count {
      let length = Int(data[place])
      guard place + 1 + length <= data.count else { return nil }
      text += data[place + 1..<place + 1 + length]
      place += 1 + length
    }
    return String(validating: text, as: UTF8.self)
  }

  /// RFC 1035 §4.1.4: a pointer ends a name, so that nothing need be followed to get past it.
  private static func afterName(_ octets: [UInt8], _ start: Int) throws(Failure) -> Int {
    var place = start
    while place < octets.count {
      let length = octets[place]
      if length == 0 { return place + 1 }
      if length >= 0xC0 { return place + 2 }
      guard length < 0x40 else { throw .malformed }
      place += 1 + Int(length)
    }
    throw .malformed
  }

  private static func big(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
  private static func big(_ octets: [UInt8], _ place: Int) -> Int {
    place + 1 < octets.count ? Int(octets[place]) << 8 | Int(octets[place + 1]) : 0
  }
  private static func lower(_ octet: UInt8) -> UInt8 { (0x41...0x5A).contains(octet) ? octet | 0x20 : octet }
}

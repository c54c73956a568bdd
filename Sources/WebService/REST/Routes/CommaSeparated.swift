/// Comma-separated values (RFC 4180).
enum CommaSeparated {
  struct Record: Hashable {
    /// Where it begins, from 1.
    let line: Int
    let fields: [String]
    /// Whether its last quotation mark was closed.
    let isWhole: Bool
  }

  /// One record after the other. Empty lines are passed over. Quoted fields may hold commas, line breaks and doubled
  /// quotation marks. All signs are ASCII, so that UTF-8 is read octet by octet.
  struct Records {
    private let octets: [UInt8]
    private var place = 0
    private var line = 1

    /// - Parameter text: UTF-8, perhaps with a mark before it.
    init(_ text: [UInt8]) {
      octets = text
      if text.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    }

    mutating func next() -> Record? {
      while place < octets.count {
        let record = record()
        if record.fields != [""] { return record }
      }
      return nil
    }

    private var current: UInt8? { place < octets.count ? octets[place] : nil }

    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")
    private static let feed: UInt8 = 0x0A
    private static let carriage: UInt8 = 0x0D

    private mutating func record() -> Record {
      let start = line
      var fields: [String] = []
      while true {
        let (field, isWhole) = current == Self.quote ? quoted() : plain()
        fields.append(field)
        if !isWhole { return Record(line: start, fields: fields, isWhole: false) }
        guard current == Self.comma else { break }
        place += 1
      }
      endLine()
      return Record(line: start, fields: fields, isWhole: true)
    }

    private mutating func endLine() {
      if current == Self.carriage { place += 1 }
      if current == Self.feed { place += 1 }
      line += 1
    }

    private mutating func plain() -> (String, isWhole: Bool) {
      let start = place
      while let octet = current, octet != Self.comma, octet != Self.feed, octet != Self.carriage { place += 1 }
      let text = String(decoding: octets[start..<place], as: UTF8.self)
      // A lone carriage return is no line's end and would stop the reader here for ever.
      guard current == Self.carriage, place + 1 >= octets.count || octets[place + 1] != Self.feed else {
        return (text, true)
      }
      place += 1
      return (text, false)
    }

    private mutating func quoted() -> (String, isWhole: Bool) {
      var text: [UInt8] = []
      place += 1
      while let octet = current {
        place += 1
        if octet != Self.quote {
          if octet == Self.feed { line += 1 }
          text.append(octet)
        } else if current == Self.quote {
          text.append(octet)
          place += 1
        } else {
          let ends = current.map { $0 == Self.comma || $0 == Self.feed || $0 == Self.carriage } ?? true
          if !ends { place = octets.count }
          return (String(decoding: text, as: UTF8.self), ends)
        }
      }
      return (String(decoding: text, as: UTF8.self), false)
    }
  }
}

/// Comma-separated values (RFC 4180).
public enum CommaSeparated {
  public struct Record: Hashable, Sendable {
    /// Where it begins, from 1.
    public let line: Int
    public let fields: [String]
    /// Whether its last quotation mark was closed.
    public let isWhole: Bool
  }

  /// Empty lines are passed over. Quoted fields may hold commas, line breaks and doubled quotation marks.
  public static func records(_ text: String) -> [Record] {
    var records: [Record] = []
    var reader = Reader(scalars: Array(text.unicodeScalars))
    if reader.scalars.first == "\u{FEFF}" { reader.place = 1 }
    while let record = reader.next() {
      if record.fields != [""] { records.append(record) }
    }
    return records
  }

  private struct Reader {
    let scalars: [Unicode.Scalar]
    var place = 0
    var line = 1

    mutating func next() -> Record? {
      guard place < scalars.count else { return nil }
      let start = line
      var fields: [String] = []
      while true {
        let (field, isWhole) = field()
        fields.append(field)
        if !isWhole { return Record(line: start, fields: fields, isWhole: false) }
        guard place < scalars.count, scalars[place] == "," else { break }
        place += 1
      }
      endLine()
      return Record(line: start, fields: fields, isWhole: true)
    }

    private mutating func endLine() {
      if place < scalars.count, scalars[place] == "\r" { place += 1 }
      if place < scalars.count, scalars[place] == "\n" { place += 1 }
      line += 1
    }

    private mutating func field() -> (String, isWhole: Bool) {
      var text = String.UnicodeScalarView()
      guard place < scalars.count, scalars[place] == "\"" else {
        while place < scalars.count, ![",", "\n", "\r"].contains(scalars[place]) {
          text.append(scalars[place])
          place += 1
        }
        // A lone carriage return is no line's end and would stop the reader here for ever.
        if place < scalars.count, scalars[place] == "\r", place + 1 >= scalars.count || scalars[place + 1] != "\n" {
          place += 1
          return (String(text), false)
        }
        return (String(text), true)
      }
      return quoted()
    }

    private mutating func quoted() -> (String, isWhole: Bool) {
      var text = String.UnicodeScalarView()
      place += 1
      while place < scalars.count {
        let scalar = scalars[place]
        place += 1
        if scalar != "\"" {
          if scalar == "\n" { line += 1 }
          text.append(scalar)
        } else if place < scalars.count, scalars[place] == "\"" {
          text.append(scalar)
          place += 1
        } else {
          let ends = place >= scalars.count || [",", "\n", "\r"].contains(scalars[place])
          if !ends { place = scalars.count }
          return (String(text), ends)
        }
      }
      return (String(text), false)
    }
  }
}

/// Text of `name: value` lines in blocks with an empty line between them: what a person reads and a program reads back.
///
/// A reader takes lines in the order in which they are written; whoever parses compares what it read, written again,
/// with what arrived, so that one text has one meaning and the lines for people cannot say something else.
public struct LineText: Sendable {
  public private(set) var lines: [String] = []

  public init() {}

  /// Text from elsewhere in one line: what is none becomes a space.
  public mutating func add(_ name: String, _ value: String) {
    let plain = value.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : String($0) }.joined()
    lines.append("\(name): \(plain)")
  }

  public mutating func add(line: String) { lines.append(line) }
  public mutating func block() { lines.append("") }

  public var text: String { lines.map { $0 + "\n" }.joined() }
}

/// Why a text is not what it should be: the line that was expected.
public struct LineError: Error, Hashable, Sendable {
  public let expected: String
  public init(expected: String) { self.expected = expected }
}

/// Reads what `LineText` writes.
public struct LineReader {
  private var rest: ArraySlice<Substring>

  public init(_ text: String) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    if lines.last == "" { lines.removeLast() }
    rest = lines
  }

  public var isAtEnd: Bool { rest.isEmpty }
  /// What the next line is called.
  public var nextName: Substring? { rest.first?.split(separator: ":", maxSplits: 1).first }

  public mutating func take(_ name: String) throws(LineError) -> String {
    guard let line = rest.first, line.hasPrefix("\(name): ") else { throw LineError(expected: name) }
    rest.removeFirst()
    return String(line.dropFirst(name.count + 2))
  }

  public mutating func takeIfAny(_ name: String) -> String? { try? take(name) }

  public mutating func take(line: String) throws(LineError) {
    guard rest.first.map(String.init) == line else { throw LineError(expected: line.isEmpty ? "an empty line" : line) }
    rest.removeFirst()
  }

  public mutating func take<T>(_ name: String, _ parse: (String) -> T?) throws(LineError) -> T {
    guard let value = parse(try take(name)) else { throw LineError(expected: name) }
    return value
  }
}

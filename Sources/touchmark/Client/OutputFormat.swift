import ArgumentParser

/// How a list is written on standard output.
package enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// Aligned columns, for reading.
  case table
  /// One array.
  case json
  /// One object a line.
  case jsonl
  /// RFC 4180, every column.
  case csv
}

/// How a single result is written.
package enum ResultFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  case table
  case json
}

/// What every command that lists understands.
struct ListOptions: ParsableArguments {
  @Option(name: [.customShort("o"), .customLong("output")], help: "How to write the list.")
  var format: OutputFormat = .table

  @Option(help: ArgumentHelp("No more than this many.", valueName: "count"))
  var limit: Int?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit is a count from 1 up, and not \(limit)") }
  }
}

/// What every command with a single result understands.
struct ResultOptions: ParsableArguments {
  @Option(name: [.customShort("o"), .customLong("output")], help: "How to write the result.")
  var format: ResultFormat = .table

  /// Writes `text` for reading, or `value` as JSON.
  func write(_ value: some Encodable, text: @autoclosure () throws -> String) throws {
    switch format {
    case .table: StandardOutput.write(try text())
    case .json: StandardOutput.write(try JSONText.pretty(value))
    }
  }
}

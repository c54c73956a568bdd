import Foundation

/// The entries, and the tables made from them, on their way into files: none is held whole.
struct ExportFiles {
  private let entries: GrowingFile
  private let tables: [ExportTables.Name: GrowingFile]
  private(set) var counts: [ExportTables.Name: Int] = [:]

  init(folder: String) throws(CommandFailure) {
    entries = try GrowingFile(folder + "/entries.jsonl")
    var tables: [ExportTables.Name: GrowingFile] = [:]
    for name in ExportTables.Name.allCases {
      let table = try GrowingFile("\(folder)/\(name.file)")
      try table.write(ExportTables.header)
      tables[name] = table
    }
    self.tables = tables
  }

  mutating func add(_ row: ExportedEntry) throws(CommandFailure) {
    try entries.write(((try? JSONText.line(row)) ?? "{}") + "\n")
    guard let entry = row.decoded else { return }
    let name = ExportTables.Name(entry)
    try tables[name]?.write(ExportTables.row(row.index, entry))
    counts[name, default: 0] += 1
  }

  func finish() throws(CommandFailure) {
    try entries.finish()
    for table in tables.values { try table.finish() }
  }

  /// - Throws: `.conflict` when there is something already.
  static func make(_ path: String) throws(CommandFailure) {
    guard mkdir(path, 0o700) == 0 else {
      throw errno == EEXIST
        ? CommandFailure(.conflict, "\(path) exists already", hint: "name a folder that does not exist yet")
        : CommandFailure(.refused, "\(path) cannot be made: \(String(cString: strerror(errno)))")
    }
  }
}

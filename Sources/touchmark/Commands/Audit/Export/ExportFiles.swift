import Foundation

/// The entries, and the tables made from them.
struct ExportFiles {
  let folder: String
  private var lines = ""
  private var tables: [ExportTables.Name: String] = [:]
  private(set) var counts: [ExportTables.Name: Int] = [:]

  init(folder: String) { self.folder = folder }

  mutating func add(_ row: ExportedEntry) {
    lines += ((try? JSONText.line(row)) ?? "{}") + "\n"
    addToTable(row)
  }

  /// For a check: only the tables are made again.
  mutating func addToTable(_ row: ExportedEntry) {
    guard let entry = row.decoded else { return }
    let name = ExportTables.Name(entry)
    tables[name, default: ExportTables.header] += ExportTables.row(row.index, entry)
    counts[name, default: 0] += 1
  }

  func table(_ name: ExportTables.Name) -> String { tables[name] ?? ExportTables.header }

  func write() throws(CommandFailure) {
    try PrivateFile.create(folder + "/entries.jsonl", lines)
    for name in ExportTables.Name.allCases { try PrivateFile.create("\(folder)/\(name.file)", table(name)) }
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

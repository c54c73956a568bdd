import Crypto
import Foundation

/// The tables of an export, made again from its entries and compared by their digests: none is held whole.
struct TableComparison {
  private var made: [ExportTables.Name: SHA256] = [:]

  init() {
    for name in ExportTables.Name.allCases {
      var hash = SHA256()
      hash.update(data: Array(ExportTables.header.utf8))
      made[name] = hash
    }
  }

  mutating func add(_ row: ExportedEntry) {
    guard let entry = row.decoded else { return }
    made[ExportTables.Name(entry)]?.update(data: Array(ExportTables.row(row.index, entry).utf8))
  }

  /// What is wrong with the files in a folder.
  func changed(in folder: String) -> [String] {
    ExportTables.Name.allCases.compactMap { name in
      let file = Self.digest(of: "\(folder)/\(name.file)")
      return file != nil && file == made[name]?.finalize() ? nil : "\(name.file) does not say what the entries say"
    }
  }

  private static func digest(of path: String) -> SHA256.Digest? {
    guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
    var hash = SHA256()
    do {
      while let piece = try handle.read(upToCount: 1 << 16), !piece.isEmpty { hash.update(data: piece) }
    } catch { return nil }
    return hash.finalize()
  }
}

import AdministrationAPI
import Foundation

/// A secure-element maker's manifest: an array of signed entries, cut into requests of a bounded size.
package struct ManifestFile {
  /// Entries that are none are refused by their place, and do not stop the others.
  package let refused: [RefusedLine]
  package let parts: [(first: Int, entries: [ManifestBatch.Entry])]
  package var count: Int { parts.reduce(0) { $0 + $1.entries.count } }

  private static let mostEntries = 200
  private static let mostBytes = 256 * 1024

  private struct Lenient: Decodable {
    let entry: ManifestBatch.Entry?
    init(from decoder: any Decoder) throws { entry = try? ManifestBatch.Entry(from: decoder) }
  }

  /// - Throws: `.refused` for what is no JSON array, or an empty one.
  package init(_ bytes: [UInt8], name: String) throws(CommandFailure) {
    guard let list = try? JSONDecoder().decode([Lenient].self, from: Data(bytes)), !list.isEmpty else {
      throw CommandFailure(
        .refused, "\(name) is no manifest",
        hint: "a manifest is a JSON array of objects with payload, protected, signature")
    }
    var refused: [RefusedLine] = []
    var parts: [(first: Int, entries: [ManifestBatch.Entry])] = []
    var bytes = 0
    for (index, item) in list.enumerated() {
      guard let entry = item.entry else {
        refused.append(RefusedLine(line: index + 1, reason: "it has no payload, protected header and signature"))
        continue
      }
      let size = entry.payload.utf8.count + entry.protected.utf8.count + entry.signature.utf8.count
      let follows = parts.last.map { $0.first + $0.entries.count == index + 1 } ?? false
      if follows, let last = parts.indices.last, parts[last].entries.count < Self.mostEntries,
        bytes + size <= Self.mostBytes
      {
        parts[last].entries.append(entry)
        bytes += size
      } else {
        parts.append((first: index + 1, entries: [entry]))
        bytes = size
      }
    }
    (self.refused, self.parts) = (refused, parts)
  }
}

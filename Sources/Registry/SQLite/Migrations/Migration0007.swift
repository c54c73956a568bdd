import AuditLog
import Foundation
import GRDB

extension Migrations {
  /// Grants that list serials, and the roots of complete subtrees of the log, so that a proof reads few rows.
  static let migration0007 = """
    ALTER TABLE grants ADD COLUMN serials TEXT;
    CREATE TABLE audit_tiles (
      organization TEXT NOT NULL, tile INTEGER NOT NULL, root BLOB NOT NULL, PRIMARY KEY (organization, tile)
    ) STRICT, WITHOUT ROWID;
    """

  /// The tiles of logs that are there already.
  static func fillTiles(_ database: Database) throws {
    for organization in try String.fetchAll(database, sql: "SELECT organization FROM audit_frontiers") {
      var frontier = MerkleFrontier()
      let rows = try Row.fetchCursor(
        database, sql: "SELECT digest FROM audit_leaves WHERE organization = ? ORDER BY position",
        arguments: [organization])
      while let row = try rows.next() {
        let digest: [UInt8] = Array(try row.decode(Data.self, atIndex: 0))
        guard let root = frontier.append(digest) else { continue }
        try database.execute(
          sql: "INSERT INTO audit_tiles (organization, tile, root) VALUES (?, ?, ?)",
          arguments: [organization, Int64(clamping: frontier.size >> MerkleTree.tileHeight) - 1, Data(root)])
      }
    }
  }
}

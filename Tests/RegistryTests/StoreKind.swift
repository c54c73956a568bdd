import Foundation
import Registry

/// The stores that the conformance suite runs against; another engine joins as another case.
enum StoreKind: String, CaseIterable, Sendable {
  case sqlite

  /// Runs `body` on an empty store that is gone afterwards.
  @discardableResult
  func withStore<T>(_ body: (any Store) async throws -> T) async throws -> T {
    switch self {
    case .sqlite: try await withSQLiteStore { store, _ in try await body(store) }
    }
  }
}

/// A folder that is removed afterwards.
@discardableResult
func withTemporaryFolder<T>(_ body: (String) async throws -> T) async throws -> T {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("registry-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try await body(folder)
}

/// A fresh SQLite store and its path.
@discardableResult
func withSQLiteStore<T>(
  options: SQLiteOptions = SQLiteOptions(environment: [:]), _ body: (SQLiteStore, String) async throws -> T
) async throws -> T {
  try await withTemporaryFolder { folder in
    let path = folder + "/touchmark.sqlite"
    let store = try SQLiteStore(path: path, options: options)
    do {
      let result = try await body(store, path)
      await store.close()
      return result
    } catch {
      await store.close()
      throw error
    }
  }
}

import Foundation

/// A path, where there is something.
enum PresentFile {
  static func path(_ path: String) -> String? { FileManager.default.fileExists(atPath: path) ? path : nil }
}

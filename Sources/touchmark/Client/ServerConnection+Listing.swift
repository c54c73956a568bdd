import AdministrationAPI

extension ServerConnection {
  /// Lists everything that matches, on standard output.
  func list<Item: Codable & Sendable>(
    _ path: String, query: [(String, String?)] = [], columns: [Column<Item>], from cursor: String? = nil,
    _ options: ListOptions
  ) async throws {
    let asked = query.compactMap { name, value in value.map { (name, $0) } }
    var printer = ListPrinter(columns, format: options.format)
    try await pages(path, query: asked, after: cursor, limit: options.limit, of: Item.self) { try printer.add($0) }
    printer.finish()
    if printer.count == 0, options.format == .table { StandardError.say("nothing to list") }
  }
}

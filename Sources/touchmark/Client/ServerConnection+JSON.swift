import AdministrationAPI
import Foundation
import NIOHTTP1

extension ServerConnection {
  /// Every path of the administration API begins so.
  static let base = "/api/v1"

  func get<Answer: Decodable>(_ path: String, query: [(String, String)] = []) async throws -> Answer {
    try Self.decode(await exchange(.GET, Self.base + path, query: query))
  }

  func post<Answer: Decodable>(_ path: String, _ body: some Encodable) async throws -> Answer {
    try Self.decode(await exchange(.POST, Self.base + path, body: Self.json(body)))
  }

  /// A write with nothing to say.
  func post<Answer: Decodable>(_ path: String) async throws -> Answer {
    try Self.decode(
      await exchange(.POST, Self.base + path, body: Payload(type: "application/json", bytes: [0x7B, 0x7D])))
  }

  func send<Answer: Decodable>(
    _ method: HTTPMethod, _ path: String, query: [(String, String)] = [], _ body: Payload
  ) async throws -> Answer {
    try Self.decode(await exchange(method, Self.base + path, query: query, body: body))
  }

  /// Whole pages, one after the other, until there is no next one or `limit` items were given.
  func pages<Item: Codable & Sendable>(
    _ path: String, query: [(String, String)] = [], after cursor: String? = nil, limit: Int? = nil, of: Item.Type,
    _ body: ([Item]) throws -> Void
  ) async throws {
    var left = limit ?? .max
    var after = cursor
    repeat {
      let size = min(left, ItemPage<Item>.longest)
      let paging = [("limit", "\(size)")] + (after.map { [("after", $0)] } ?? [])
      let page: ItemPage<Item> = try await get(path, query: query + paging)
      try body(Array(page.items.prefix(size)))
      left -= min(page.items.count, left)
      // A server that names the page it is on would be asked for ever. An empty page may have a next one.
      guard page.next != after else { break }
      after = page.next
    } while after != nil && left > 0
  }

  private static func json(_ value: some Encodable) throws -> Payload {
    Payload(type: "application/json", bytes: [UInt8](try JSONEncoder().encode(value)))
  }

  private static func decode<Answer: Decodable>(_ bytes: [UInt8]) throws -> Answer {
    do {
      return try JSONDecoder().decode(Answer.self, from: Data(bytes))
    } catch {
      throw CommandFailure(
        .refused, "the server's answer cannot be read",
        hint: "do touchmark --version here and on the server agree")
    }
  }
}

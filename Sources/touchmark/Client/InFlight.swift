/// Requests of which a few are under way at a time.
enum InFlight {
  /// Asks for each, in order of beginning; `done` sees them in order of ending. The first failure ends it.
  static func each<Item: Sendable, Answer: Sendable>(
    _ items: [Item], atOnce most: Int, ask: @Sendable @escaping (Item) async throws -> Answer,
    done: (Answer) -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Answer.self) { group in
      var rest = items[...]
      for item in rest.prefix(most) { group.addTask { try await ask(item) } }
      rest = rest.dropFirst(most)
      while let answer = try await group.next() {
        done(answer)
        if let item = rest.popFirst() { group.addTask { try await ask(item) } }
      }
    }
  }
}

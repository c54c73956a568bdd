import AdministrationAPI
import ArgumentParser
import Foundation

/// An act on many as its command sees it: chosen, shown with its count, confirmed, followed to its end.
///
/// The server does the work: a command that is stopped stops nothing, and `--resume` follows it again.
struct BulkRun {
  let server: ServerConnection
  let options: BulkOptions
  let output: ResultOptions

  /// - Parameter doing: the act as a question asks it, `suspend`.
  func run(_ act: NewBulkAct, doing: String) async throws {
    var item = try await chosen(act)
    guard item.act == act.act else {
      throw CommandFailure(
        .refused, "\(item.id) is \(item.act)", hint: "touchmark \(Self.words(item.act)) --resume \(item.id)")
    }
    if item.state == "prepared" {
      guard item.members > 0 else { return try report(item) }
      try confirm(item, doing)
      item = try await server.post("/acts/\(item.id)/start")
    }
    try report(try await followed(item))
  }

  private func chosen(_ act: NewBulkAct) async throws -> BulkActItem {
    if let id = options.resume { return try await server.get("/acts/\(Query.escape(id))") }
    return try await server.post("/acts", act)
  }

  private func confirm(_ item: BulkActItem, _ doing: String) throws {
    let count = "\(item.members) \(Self.noun(item.act, item.members))"
    StandardError.say("\(item.where) selects \(count)")
    guard !options.yes, options.resume == nil else { return }
    guard isatty(STDIN_FILENO) == 1 else {
      throw CommandFailure(
        .refused, "nothing was done: no terminal is there to ask on", hint: "add --yes to \(doing) \(count)")
    }
    StandardError.write("\(doing) \(count)? [y/N] ")
    guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
      throw CommandFailure(.refused, "nothing was done")
    }
  }

  private func followed(_ started: BulkActItem) async throws -> BulkActItem {
    var item = started
    var progress = TerminalProgress()
    defer { progress.clear() }
    while item.state == "running" {
      progress.show("\(item.processed) of \(item.members), \(item.id)")
      try await Task.sleep(for: .milliseconds(100))
      item = try await server.get("/acts/\(item.id)")
    }
    return item
  }

  private func report(_ item: BulkActItem) throws {
    try output.write(
      item,
      text: item.members == 0
        ? "nothing is selected\n"
        : "\(item.act): \(item.done) done, \(item.refused) refused, \(item.members) selected (\(item.id))\n")
    if item.refused > 0 { StandardError.hint("why: GET /api/v1/acts/\(item.id)/members") }
  }

  private static func words(_ act: String) -> String { act.split(separator: ".").joined(separator: " ") }

  private static func noun(_ act: String, _ count: Int) -> String {
    (act.split(separator: ".").first.map(String.init) ?? "") + (count == 1 ? "" : "s")
  }
}

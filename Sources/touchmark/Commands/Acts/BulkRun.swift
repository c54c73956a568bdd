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
    guard let item = try await started(act, doing: doing) else { return }
    try report(try await followed(item))
  }

  /// Chosen, confirmed and started; nil when nothing is selected, which is said.
  func started(_ act: NewBulkAct, doing: String) async throws -> BulkActItem? {
    let item = try await chosen(act)
    guard item.act == act.act else {
      throw CommandFailure(
        .refused, "\(item.id) is \(item.act)", hint: "touchmark \(Self.words(item.act)) --resume \(item.id)")
    }
    guard item.state == "prepared" else { return item }
    guard item.members > 0 else {
      try report(item)
      return nil
    }
    try confirm(item, doing)
    return try await server.post("/acts/\(item.id)/start")
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

  func report(_ item: BulkActItem) throws {
    try output.write(
      item,
      text: item.members == 0
        ? "nothing is selected\n"
        : "\(item.act): \(item.done) done, \(item.refused) refused, \(item.members) selected (\(item.id))\n")
    if let accepted = item.verifiersAccept {
      let count = "\(accepted.certificates) certificate\(accepted.certificates == 1 ? " says" : "s say")"
      StandardError.say("\(count) that no revocation is to be had: verifiers accept until \(accepted.until)")
    }
    if item.refused > 0 { StandardError.hint("why: touchmark act members \(item.id) --refused") }
  }

  /// RFC 9608: whoever checks such a certificate never asks.
  static func warn(acceptedUntil time: String?) {
    guard let time else { return }
    StandardError.say("a certificate says that no revocation is to be had: verifiers accept until \(time)")
  }

  private static func words(_ act: String) -> String { act.split(separator: ".").joined(separator: " ") }

  private static func noun(_ act: String, _ count: Int) -> String {
    (act.split(separator: ".").first.map(String.init) ?? "") + (count == 1 ? "" : "s")
  }
}

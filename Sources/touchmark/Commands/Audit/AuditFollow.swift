import AdministrationAPI
import Foundation

/// Prints the log's entries as they come, across restarts of the server, until the command is stopped or nobody reads
/// what it prints.
struct AuditFollow {
  let connection: ConnectionOptions
  let subject: String?
  let kinds: [String]
  let output: ListOptions

  private static let wait = "30s"
  /// Between attempts while the server is away: from the first to the longest.
  private static let pauses: [Duration] = [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2)]

  /// - Parameter latest: begins with the newest entries, so many.
  func run(after index: Int64?, latest: Int?) async throws {
    var printer = ListPrinter(AuditItem.columns, format: output.format)
    var position = index.map(String.init)
    if let latest {
      let items = try await newest(latest)
      try printer.add(items)
      position = items.last.map { "\($0.index)" }
    }
    var failures = 0
    while true {
      do {
        // Found anew each time: a server that was started again may have another address.
        try await connection.connected { server in
          while true {
            let page = try await next(after: position, from: server)
            if failures > 0 { StandardError.say("the server is back") }
            failures = 0
            let left = output.limit.map { $0 - printer.count } ?? .max
            try printer.add(Array(page.items.prefix(left)))
            position = page.next ?? position
            if page.items.count >= left || !StandardOutput.isRead { throw Ended() }
          }
        }
      } catch is Ended {
        return printer.finish()
      } catch let failure as CommandFailure where failure.problem?.code == "not_in_log" {
        position = try Self.whereTheEpochBegins(failure, asked: position)
      } catch let failure as CommandFailure where Self.passes(failure) && position != nil {
        if failures == 0 { StandardError.say("\(failure.message); waiting for it") }
        try await Task.sleep(for: Self.pauses[min(failures, Self.pauses.count - 1)])
        failures += 1
      }
    }
  }

  private func newest(_ count: Int) async throws -> [AuditItem] {
    var page = ItemPage<AuditItem>(items: [])
    try await connection.connected { server in
      page = try await server.get(
        "/audit", query: [("latest", "true"), ("limit", "\(count)")] + (subject.map { [("subject", $0)] } ?? []))
    }
    return page.items
  }

  private struct Ended: Error {}

  private func next(after position: String?, from server: ServerConnection) async throws -> ItemPage<AuditItem> {
    let asked = [("after", position), ("subject", subject)].compactMap { name, value in value.map { (name, $0) } }
    return try await server.get(
      "/events", query: asked + kinds.map { ("kind", $0) } + [("wait", Self.wait), ("limit", "1000")])
  }

  /// A restore put other entries in the place of those that were read: none of them is passed over.
  private static func whereTheEpochBegins(_ failure: CommandFailure, asked: String?) throws(CommandFailure) -> String? {
    guard let problem = failure.problem, let epoch = problem.epoch, epoch > 1, problem.after != asked else {
      throw failure
    }
    StandardError.say(
      "the log was restored and is in epoch \(epoch), with \(problem.size ?? 0) entries; going on where it differs"
        + (problem.after.map { ", after \($0)" } ?? ", at its beginning"))
    return problem.after
  }

  /// A first failure is the operator's to see; later ones pass, save for those that waiting does not change.
  private static func passes(_ failure: CommandFailure) -> Bool { failure.exit == .noServer || failure.exit == .later }
}

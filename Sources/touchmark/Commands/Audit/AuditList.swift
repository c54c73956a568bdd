import AdministrationAPI
import ArgumentParser

struct AuditList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the log's entries, oldest first.",
    discussion: """
      --latest shows the end of the log: the newest entries, the last one last. With --follow it goes on and prints \
      entries as they come, also after the server was started again, until it is stopped; -o jsonl is an object a line. \
      With --after it begins where an earlier run ended. --where selects, for example \
      'device=PUMP-7 and act=certificate.renew' or 'outcome=refused and at>=2026-11-01 and detail.code=expired'.
      """)

  @Option(help: ArgumentHelp("Only entries about this, for example device:ID.", valueName: "subject"))
  var subject: String?

  @Option(help: ArgumentHelp("Only entries after this index.", valueName: "index"))
  var after: Int64?

  @Option(help: ArgumentHelp("Only the newest entries, at most 1000.", valueName: "count"))
  var latest: Int?

  @Option(
    help: ArgumentHelp(
      "Only this act (certificate.issue), or acts on this (certificate); repeatable, with --follow.", valueName: "act"))
  var kind: [String] = []

  @OptionGroup var selection: SelectionOption

  @Flag(name: .shortAndLong, help: "Goes on with entries as they come.")
  var follow = false

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ListOptions

  func validate() throws {
    if let latest, !(1...1000).contains(latest) || after != nil {
      throw ValidationError("--latest is a count from 1 to 1000, without --after")
    }
    if let after, after < 0 { throw ValidationError("--after is an index from 0 up, and not \(after)") }
    try selection.check(.entries)
    guard selection.text == nil || (!follow && latest == nil && subject == nil) else {
      throw ValidationError("--where stands without --follow, --latest and --subject: write subject=… into it")
    }
    guard follow || kind.isEmpty else { throw ValidationError("--kind goes with --follow") }
    guard !follow || output.format != .json else {
      throw ValidationError("-o json is one array, which --follow never ends: take -o jsonl")
    }
  }

  func run() async throws {
    if follow {
      return try await AuditFollow(connection: connection, subject: subject, kinds: kind, output: output)
        .run(after: after, latest: latest)
    }
    try await connection.connected { server in
      var output = output
      if let latest { output.limit = latest }
      try await server.list(
        "/audit", query: [("subject", subject), ("latest", latest.map { _ in "true" }), ("where", selection.text)],
        columns: AuditItem.columns,
        from: after.map(String.init), output)
    }
  }
}

extension AuditItem {
  /// The columns of a list.
  package static let columns: [Column<AuditItem>] = [
    Column("index") { "\($0.index)" },
    .time("at") { $0.at },
    Column("actor") { $0.actor },
    Column("door") { $0.door },
    Column("act") { $0.act },
    Column("subject") { $0.subject },
    Column("outcome") { $0.outcome },
    Column("reason") { $0.reason ?? "" },
    Column("details", inTable: false) { Label.text($0.details) },
    Column("leaf", inTable: false) { $0.leaf },
  ]
}

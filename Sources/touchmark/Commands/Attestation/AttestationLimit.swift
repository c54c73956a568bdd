import AdministrationAPI
import ArgumentParser

struct AttestationLimit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "limit", abstract: "Shows or sets how much of the fleet a policy may suspend in an hour.",
    discussion: """
      At least one device, but for 0. When the share is used up, nothing more is suspended until an operator says so \
      with touchmark attestation resume.
      """)

  @Option(help: ArgumentHelp("Of the fleet: 0 to 100.", valueName: "number"))
  var percent: Int?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    if let percent, !(0...100).contains(percent) { throw ValidationError("--percent is 0 to 100") }
  }

  func run() async throws {
    try await connection.connected { server in
      let limit: AttestationLimitItem =
        if let percent {
          try await server.post("/attestation/limit", AttestationLimitChange(percent: percent))
        } else {
          try await server.get("/attestation/limit")
        }
      try output.write(limit, text: Self.text(limit))
    }
  }

  private static func text(_ limit: AttestationLimitItem) -> String {
    let share = "a policy may suspend \(limit.percent) % of the fleet in an hour"
    guard let stopped = limit.stoppedAt else { return share + "\n" }
    return share + "; it has stopped at \(ReadableTime.minute(stopped)), and asks\n"
  }
}

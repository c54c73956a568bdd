import AdministrationAPI
import ArgumentParser

struct DeviceInvite: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "invite", abstract: "Makes a new one-time secret when the old one is lost.",
    discussion: """
      Secrets of this device that were not used yet are void from then on.

      Many are invited with --where and --out: the file, with mode 0600, gets a line of CSV for each, as the server makes \
      them. --resume with the same file goes on behind its last line; with a new one, all get new secrets.
      """)

  @Argument(help: "The device's serial.")
  var serial: String?

  @Option(help: ArgumentHelp("How long the secret lives.", valueName: "24h"))
  var expiresIn: Lifetime?

  @Flag(help: "Also for doors that check a MAC with it (SCEP, CMP, ACME): the secret is sealed beside its digest.")
  var mac = false

  @Option(help: ArgumentHelp("Where the secrets of many go.", valueName: "file"))
  var out: String?

  @OptionGroup var many: BulkOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    try many.check(one: serial, named: "a serial", of: .devices)
    if let serial { try Check.serial(serial) }
    guard (serial == nil) == (out != nil) else {
      throw ValidationError("--out FILE takes the secrets of --where and --resume, and of nothing else")
    }
    if serial == nil, mac { throw ValidationError("--mac makes one device's secret; it does not go with --where") }
  }

  func run() async throws {
    try await connection.connected { server in
      if let out { return try await inviteMany(on: server, out) }
      guard let serial else { return }
      let invitation: Invitation = try await server.post(
        "/devices/\(Query.escape(serial))/invite", InvitationRequest(expiresIn: expiresIn?.text, mac: mac ? true : nil))
      try output.write(InvitationSummary(invitation), text: InvitationText.render(invitation, "is invited"))
    }
  }

  private func inviteMany(on server: ServerConnection, _ path: String) async throws {
    let bulk = BulkRun(server: server, options: many, output: output)
    let name = "device.invite"
    if many.resume == nil { try PrivateFile.expectFree(path) }
    let asked = NewBulkAct(act: name, where: many.selection ?? "", expiresIn: expiresIn?.text)
    guard var act = try await bulk.started(asked, doing: "invite") else { return }
    let file = try SecretsFile(path)
    var progress = TerminalProgress()
    var place = file.place
    while place < act.members {
      let part: ActInvitations = try await server.post(
        "/acts/\(act.id)/invitations", ActInvitationsRequest(after: place))
      guard let last = part.items.last, last.position > place else { break }
      try file.append(part)
      (act, place) = (part.act, last.position)
      progress.show("\(place) of \(act.members), \(act.id)")
    }
    progress.clear()
    try bulk.report(act)
  }
}

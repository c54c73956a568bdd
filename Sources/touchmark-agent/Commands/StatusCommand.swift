import ArgumentParser
import Credentials
import DeviceAgent
import DeviceClient
import WireFormats

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Say what the device has: where its key lives, how long it is valid, what is next.",
    discussion: "Ends with 0 when there is a certificate that is valid, and with 1 when there is none.")

  @Option(name: [.customShort("o"), .customLong("output")], help: "How to write the result.")
  var format: ResultFormat = .table
  @OptionGroup var options: FolderOptions

  func run() throws {
    let folder = options.folder
    let (settings, memory) = try folder.load()
    let state = try DeviceState(settings, memory, in: folder, at: Agent.clock)
    let members = state.members(lists: try RevocationLists.held(in: folder))
    switch format {
    case .json: Said.result(JSONValue.object(members).written())
    case .table: Said.result(state.text)
    }
    guard state.isValid else { throw ExitCode(1) }
  }
}

/// What `status` says.
struct DeviceState {
  private let settings: AgentSettings
  private let memory: DeviceMemory
  private let clock: Instant
  /// What the server knows of where the key lives, and that in words.
  private let standing: String?
  private let place: String?
  /// Why the key does not sign now.
  private let fault: DeviceKeyFault?

  init(
    _ settings: AgentSettings, _ memory: DeviceMemory, in folder: AgentFolder, at clock: Instant
  ) throws {
    (self.settings, self.memory, self.clock) = (settings, memory, clock)
    let key = memory.identity?.key
    standing = try key.map { try KeyText.standing(of: $0, in: folder) }
    place = try key.map { try KeyText.place(of: $0, in: folder) }
    fault = key?.fault()
  }

  private var certificate: Certificate? { memory.identity?.certificate }

  /// Without a clock that can be right, a certificate counts as valid until the server says otherwise.
  /// One without its key is worth nothing.
  var isValid: Bool { (certificate.map { $0.notAfter >= clock } ?? false) && fault?.isGone != true }

  private var word: String {
    guard certificate != nil else { return memory.secret == nil ? "not enrolled" : "enrolling" }
    guard fault?.isGone != true else { return "without its key" }
    return isValid ? memory.pendingKey == nil ? "valid" : "renewing" : "expired"
  }

  func members(lists: [CertificateRevocationList]) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = [
      .init("serial", .string(settings.serial)), .init("server", .string(settings.server.text)),
      .init("state", .string(word)),
      .init("clock", .string(memory.isWithoutTime(at: clock) ? "unknown" : clock.description)),
    ]
    if let identity = memory.identity {
      members += [
        .init(
          "key",
          .object(
            [.init("home", .string(identity.key.home)), .init("standing", .string(standing ?? ""))]
              + (fault.map { [.init("fault", .string($0.reason))] } ?? []))),
        .init("serial_number", .string(identity.certificate.serial.description)),
        .init("subject", .string("\(identity.certificate.subject)")),
        .init("not_before", .string(identity.certificate.notBefore.description)),
        .init("not_after", .string(identity.certificate.notAfter.description)),
        .init("chain", .array(identity.chain.map { .string("\($0.subject)") })),
      ]
    }
    if let renewAt = memory.renewAt { members.append(.init("renews_at", .string(renewAt.description))) }
    members.append(.init("roots", .array(memory.roots.map { .string(Hex.encode($0.fingerprint)) })))
    members.append(
      .init("revocation_lists", .array(lists.map { ["as_of": .string($0.thisUpdate.description)] })))
    return members
  }

  var text: String {
    var text = "\(settings.serial): \(word)\n"
    func add(_ name: String, _ value: String) {
      text += "  \(name)\(String(repeating: " ", count: max(14 - name.count, 1)))\(value)\n"
    }
    add("server", settings.server.text)
    if let identity = memory.identity {
      add("key", place ?? "")
      if let fault { add("", fault.reason) }
      add("certificate", "\(identity.certificate.serial) of \(identity.certificate.issuer)")
      add("valid until", identity.certificate.notAfter.description)
    }
    if let renewAt = memory.renewAt { add("renews at", renewAt == .noExpiry ? "never" : renewAt.description) }
    if memory.pendingKey != nil { add("pending", "a request whose answer is not here yet") }
    for root in memory.roots { add("root", "\(root.subject) \(Hex.encode(root.fingerprint))") }
    if memory.isWithoutTime(at: clock) { add("clock", "behind what the device holds: \(clock)") }
    return text
  }
}

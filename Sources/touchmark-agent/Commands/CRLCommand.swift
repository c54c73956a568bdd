import ArgumentParser
import Credentials
import DeviceAgent
import WireFormats

struct CRLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crl", abstract: "Keep a file of revocation lists fresh, for a broker or a proxy.",
    discussion: """
      Fetches the lists of the device's own authorities, root included, from where the certificates say, checks them, and
      replaces FILE when something changed. It stays, unless --once. With the default of 15 s and a server that publishes
      within seconds, a suspended device is out within a minute.
      """)

  @Option(help: ArgumentHelp("The file that the broker reads, PEM.", valueName: "file"))
  var out: String

  @Option(
    help: ArgumentHelp(
      "Run by /bin/sh after the file changed: the broker's reload; until it succeeds.", valueName: "command"))
  var onChange: String?

  @Option(help: ArgumentHelp("How often the lists are asked for.", valueName: "span"))
  var every = "15s"

  @Option(
    help: ArgumentHelp(
      "Certificates whose authorities' lists are kept too, PEM, with their chain: those of another profile's devices.",
      valueName: "file"))
  var certificate: [String] = []

  @Flag(help: "Fetch once, and end.") var once = false
  @OptionGroup var options: FolderOptions

  func validate() throws {
    guard let every = Span(every), every >= .seconds(1) else {
      throw ValidationError("--every is a number and a unit from a second up: 15s, 1m")
    }
  }

  func run() throws {
    let folder = options.folder
    let loops = EventLoops()
    let others = try certificate.flatMap { try CertificateFile.read($0) }
    let file = ListFile(out, onChange: onChange, in: folder)
    var next = Rest.now
    var (lists, identity) = try fresh(folder, loops, others)
    while true {
      // A renewal may have brought another authority. What stays keeps the tag of its last answer.
      if try folder.load().memory.identity?.certificate != identity {
        (lists, identity) = try fresh(folder, loops, others)
      }
      guard !lists.isEmpty else {
        throw AgentFailure(.missing, "none of these certificates names a revocation list")
      }
      let failures = try lists.refresh()
      let failure = failures.first ?? write(lists, to: file)
      if once {
        if let failure { throw failure }
        return Said.result("\(out): lists of \(lists.asOf?.description ?? "no time")\n")
      }
      if let failure { Said.failure(failure) }
      next = max(next + Rest.chance(around: Span(every) ?? .seconds(15)), Rest.now)
      Rest.sleep(next - Rest.now)
    }
  }

  private func fresh(
    _ folder: AgentFolder, _ loops: EventLoops, _ others: [Certificate]
  ) throws -> (RevocationLists, Certificate?) {
    let memory = try folder.load().memory
    return (try OwnLists.of(memory, in: folder, loops: loops, and: others), memory.identity?.certificate)
  }

  /// Only when each authority's list is there: a broker refuses every device whose authority it has no list of.
  private func write(_ lists: RevocationLists, to file: ListFile) -> AgentFailure? {
    guard lists.isComplete else { return AgentFailure(.later, "a list is missing: \(out) stays as it is") }
    do throws(AgentFailure) {
      if try file.write(lists.text) { Said.message("\(out) has changed: lists of \(lists.asOf?.description ?? "")") }
      return nil
    } catch {
      return error
    }
  }
}

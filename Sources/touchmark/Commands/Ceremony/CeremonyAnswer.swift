import ArgumentParser
import AuditLog
import Credentials
import Foundation
import Issuance
import WireFormats

struct CeremonyAnswer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "answer",
    abstract: "Step 3, where the root's key is: checks and shows what is asked, and certifies it.")

  @Option(help: ArgumentHelp("The token with the root's key, where it is on one.", valueName: "uri"))
  var rootKeys: String?
  @Option(help: ArgumentHelp("What approvers signed of the request, where there are any.", valueName: "file"))
  var approval: String?
  @OptionGroup var ceremony: CeremonyOptions

  func run() async throws {
    let desk = ceremony.desk
    guard case .next(let found) = try desk.turn(.certifyAuthorities), let transcript = found else { return }
    let roots = try FoundedRoots(text: try InputFile.text("\(desk.folder.ceremony)/\(CeremonyFile.rootPackage)"))
    let note = try desk.read(CeremonyFile.request, of: transcript)
    let keyText = try desk.read(CeremonyFile.requestKey, of: transcript)
    guard let key = NoteKey(keyText.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw CommandFailure(.refused, "\(desk.medium)/\(CeremonyFile.requestKey) is no key of requests")
    }
    let request = try RootRequest(note: note, key: key)
    let tasks = try Self.checked(request, roots)
    var entry = ceremony.entry(.certifyAuthorities)
    entry.read = [
      CeremonyTranscript.File(CeremonyFile.request, note.utf8),
      CeremonyTranscript.File(CeremonyFile.requestKey, keyText.utf8),
    ]
    try ceremony.confirm(
      tasks.map(CeremonyText.asked) + ["requests are signed by \(key)"],
      "certify these, as they were shown where they will issue", in: &entry)
    var keyring = RootKeyring(folder: desk.folder, files: rootKeys.map { [$0] } ?? [])
    let approved = try approval.map { path throws(CommandFailure) in try InputFile.text(path) }
    let answer = try await keyring.answer(request, note: note, approval: approved, successorFile: nil)
    for case .certificate(let octets) in answer.parts {
      entry.shown.append(CeremonyText.fingerprint("certified", try Certificate(parsing: octets)))
    }
    entry.approval = answer.approval
    // For what is asked later: touchmark root answer --data believes requests of this key.
    try CeremonyDesk.write("\(key)\n", to: desk.folder.requestKey)
    try desk.finish(entry, of: transcript, writing: [(name: CeremonyFile.answer, text: answer.text)])
    for line in entry.shown where line.hasPrefix("certified ") { StandardOutput.write(Printable.text(line) + "\n") }
  }

  /// Nothing but this root's first authorities, under the address that it was made for.
  private static func checked(_ request: RootRequest, _ roots: FoundedRoots) throws -> [CertifyTask] {
    let tasks = request.tasks.compactMap { task -> CertifyTask? in
      guard case .certify(let task) = task, task.kind == .authority, task.proof != nil else { return nil }
      return task
    }
    guard request.act == .foundAuthorities, request.organization == roots.organization.id,
      request.name == roots.organization.name, request.address == roots.addresses.publicHTTP,
      request.issuers == [roots.root.id], !tasks.isEmpty, tasks.count == request.tasks.count, tasks.count <= 4
    else {
      throw CommandFailure(
        .refused, "the request asks for something else than the first authorities of this root",
        hint: "touchmark root answer answers every other request")
    }
    return tasks
  }
}

import Approval
import ArgumentParser
import Credentials
import Foundation
import Issuance
import KeyCustody

struct CeremonyRequest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "request",
    abstract: "Step 2, where the authorities will issue: makes their keys and what the root is asked.",
    discussion: """
      The organization, its address and those who approve acts on the root come with the root. Everything else is as for \
      touchmark init.
      """)

  @OptionGroup var founding: FoundingOptions
  @OptionGroup var listen: ListenOptions
  @OptionGroup var ceremony: CeremonyOptions

  func validate() throws {
    guard founding.organization == nil, founding.publicHTTP == nil, founding.rootKeys == nil,
      !founding.continuing.isAny
    else {
      throw ValidationError(
        "the organization and its address come with the root; --root-keys and --issuer… are not for a ceremony")
    }
  }

  func run() async throws {
    let desk = ceremony.desk
    guard case .next(let found) = try desk.turn(.requestAuthorities), let transcript = found else { return }
    let package = try desk.read(CeremonyFile.rootPackage, of: transcript)
    let roots = try FoundedRoots(text: package)
    guard roots.organization.id == transcript.organization else {
      throw CommandFailure(.refused, "the root in \(desk.medium) is of another organization than its transcript")
    }
    var entry = ceremony.entry(.requestAuthorities)
    entry.read = [CeremonyTranscript.File(CeremonyFile.rootPackage, package.utf8)]
    let root = try Certificate(parsing: roots.root.certificate)
    try ceremony.confirm(
      [CeremonyText.fingerprint("root", root)], "take this root, whose fingerprint its own machine showed", in: &entry)
    let documents = transcript.entries.first?.documents ?? []
    let founder = Founder(folder: desk.folder, options: founding, listen: listen, isDemonstrationFleet: false)
    try await founder.ask(roots, documents: documents, for: ceremony.persons) { asked, key, work in
      let request = try RootRequest.unverified(note: asked)
      entry.shown += request.tasks.compactMap {
        if case .certify(let task) = $0 { CeremonyText.asked(task) } else { nil }
      }
      entry.shown.append("requests are signed by \(key)")
      let files = [(name: CeremonyFile.request, text: asked), (name: CeremonyFile.requestKey, text: "\(key)\n")]
      var transcript = transcript
      entry.wrote = files.map { CeremonyTranscript.File($0.name, $0.text.utf8) }
      try transcript.append(entry)
      try CeremonyDesk(folder: work, medium: desk.medium).keep(
        transcript, files + [(name: CeremonyFile.rootPackage, text: package)])
    }
    guard let done = try desk.transcript(in: desk.folder.ceremony) else { return }
    try desk.putOnMedium(done)
    for line in done.entries.last?.shown ?? [] { StandardOutput.write(Printable.text(line) + "\n") }
    if !documents.isEmpty {
      StandardError.hint("approvers: touchmark approver sign \(desk.medium)/request --person NAME --key KEY --out FILE")
    }
    StandardError.hint(CeremonyGuide.next(done))
  }
}

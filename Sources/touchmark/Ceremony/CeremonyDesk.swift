import Foundation
import Issuance

/// Files of a ceremony, by their names on the medium and in each machine's own copy.
enum CeremonyFile {
  static let transcript = "transcript"
  static let signed = "transcript.signed"
  static let rootPackage = "root-package"
  static let request = "request"
  static let requestKey = "requests.pub"
  static let answer = "answer"
}

/// One machine's side of a ceremony: its own folder, and the medium that is carried between the two.
///
/// What a step made is kept in the own folder before it is put on the medium, so that a step that was interrupted, or
/// whose medium was lost, is done again by the same command, and never a second time.
struct CeremonyDesk {
  let folder: InstallationFolder
  let medium: String

  /// The transcript as it was carried here; nil before the first step. Or that this machine has done the step already.
  enum Turn {
    case next(CeremonyTranscript?)
    case done
  }

  func turn(_ step: CeremonyTranscript.Step) throws -> Turn {
    let own = try transcript(in: folder.ceremony)
    let carried = try transcript(in: medium)
    if let own, own.entries.last?.step == step, carried.map(own.continues) ?? true {
      try putOnMedium(own)
      StandardError.say("\(step.rawValue) was done here at \(own.entries.last?.at ?? own.entries[0].at)")
      return .done
    }
    guard let carried else {
      guard step == .makeRoot else {
        throw CommandFailure(
          .notFound, "there is no transcript in \(medium)", hint: "the first step is touchmark authority ceremony root")
      }
      return .next(nil)
    }
    if let own, !carried.continues(own) {
      throw CommandFailure(
        .refused, "the transcript in \(medium) does not continue the one that this machine knows",
        hint: "compare it with \(folder.ceremony)/\(CeremonyFile.transcript)")
    }
    guard carried.next == step else {
      throw CommandFailure(
        .conflict, "\(step.rawValue) is not the next step of this ceremony", hint: CeremonyGuide.next(carried))
    }
    guard own != nil || step == .requestAuthorities else {
      throw CommandFailure(
        .refused, "\(folder.path) has no part in this ceremony yet", hint: "name this machine's own folder with --data")
    }
    return .next(carried)
  }

  /// A file on the medium, held against what the step that wrote it noted.
  func read(_ name: String, of transcript: CeremonyTranscript) throws(CommandFailure) -> String {
    let text = try InputFile.text("\(medium)/\(name)")
    guard CeremonyTranscript.File(name, text.utf8).digest == transcript.written(name) else {
      throw CommandFailure(
        .refused, "\(medium)/\(name) is not the file that the transcript names", hint: "carry it here again")
    }
    return text
  }

  /// Keeps what a step wrote, then puts it on the medium.
  func finish(
    _ entry: CeremonyTranscript.Entry, of transcript: CeremonyTranscript, writing files: [(name: String, text: String)]
  ) throws {
    var (entry, transcript) = (entry, transcript)
    entry.wrote = files.map { CeremonyTranscript.File($0.name, $0.text.utf8) }
    try transcript.append(entry)
    try keep(transcript, files)
    try putOnMedium(transcript)
    StandardError.hint(CeremonyGuide.next(transcript))
  }

  /// The transcript last: it says that the others are there.
  func keep(_ transcript: CeremonyTranscript, _ files: [(name: String, text: String)]) throws {
    try FileManager.default.createDirectory(
      atPath: folder.ceremony, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    for file in files { try Self.write(file.text, to: "\(folder.ceremony)/\(file.name)") }
    try Self.write(transcript.text, to: "\(folder.ceremony)/\(CeremonyFile.transcript)")
  }

  func putOnMedium(_ transcript: CeremonyTranscript) throws {
    try FileManager.default.createDirectory(atPath: medium, withIntermediateDirectories: true)
    for file in transcript.entries.last?.wrote ?? [] {
      try Self.write(try InputFile.text("\(folder.ceremony)/\(file.name)"), to: "\(medium)/\(file.name)")
    }
    try Self.write(transcript.text, to: "\(medium)/\(CeremonyFile.transcript)")
  }

  func transcript(in directory: String) throws -> CeremonyTranscript? {
    let path = "\(directory)/\(CeremonyFile.transcript)"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let text = try InputFile.text(path)
    do { return try CeremonyTranscript(text: text) } catch {
      throw CommandFailure(.refused, "\(path): \(error.reason)", hint: error.hint)
    }
  }

  /// On the disk before it takes the place of what was there.
  static func write(_ text: String, to path: String) throws(CommandFailure) {
    let temporary = "\(path).\(ProcessInfo.processInfo.processIdentifier).tmp"
    unlink(temporary)
    try PrivateFile.create(temporary, text)
    guard rename(temporary, path) == 0 else {
      throw CommandFailure(.refused, "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
  }
}

/// What comes next, and on which machine.
enum CeremonyGuide {
  static func next(_ transcript: CeremonyTranscript) -> String {
    guard let step = transcript.next else {
      return "the ceremony is complete; where the authorities issue: touchmark authority ceremony keep"
    }
    let place = step.isRoots ? "where the root's key is" : "where the authorities will issue"
    return "next, \(place): touchmark authority ceremony \(command(step))"
  }

  private static func command(_ step: CeremonyTranscript.Step) -> String {
    switch step {
    case .makeRoot: "root"
    case .requestAuthorities: "request"
    case .certifyAuthorities: "answer"
    case .installAuthorities: "install"
    case .signTranscript: "sign"
    }
  }
}

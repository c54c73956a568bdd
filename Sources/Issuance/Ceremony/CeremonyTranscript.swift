import Crypto
import Registry
import WireFormats

/// What was done in a ceremony, step by step: text that people read, each step bound to all before it.
///
/// It travels with the files between the two machines, and each of them keeps a copy.
public struct CeremonyTranscript: Hashable, Sendable {
  /// In the order in which they are done.
  public enum Step: String, Sendable, CaseIterable {
    /// Where the root's key is: it is made.
    case makeRoot = "make-root"
    /// Where the authorities issue: their keys are made and ask.
    case requestAuthorities = "request-authorities"
    /// Where the root's key is: it certifies them.
    case certifyAuthorities = "certify-authorities"
    /// Where the authorities issue: the installation is made.
    case installAuthorities = "install-authorities"
    /// Where the root's key is: the transcript is signed.
    case signTranscript = "sign-transcript"

    public var isRoots: Bool { self != .requestAuthorities && self != .installAuthorities }
  }

  /// A file that a step read or wrote, by its name on the medium.
  public struct File: Hashable, Sendable {
    public var name: String
    /// SHA-256.
    public var digest: [UInt8]

    public init(_ name: String, _ octets: some Collection<UInt8>) {
      (self.name, digest) = (name, Array(SHA256.hash(data: Array(octets))))
    }

    init(name: String, digest: [UInt8]) { (self.name, self.digest) = (name, digest) }
  }

  public struct Entry: Hashable, Sendable {
    public var step: Step
    public var at: Instant
    /// Who was there.
    public var persons: [String]
    /// The program and its version.
    public var program: String
    public var read: [File] = []
    public var wrote: [File] = []
    /// Names and fingerprints that the program showed.
    public var shown: [String] = []
    /// The root's identifier; of the first step.
    public var root: AuthorityID?
    /// What a person confirmed.
    public var confirmed: [String] = []
    /// Approvers' documents for acts on the root, signed notes; of the first step.
    public var documents: [String] = []
    /// What approvers signed for this step.
    public var approval: String?

    public init(_ step: Step, at: Instant, persons: [String], program: String) {
      (self.step, self.at, self.persons, self.program) = (step, at.wholeSecond, persons, program)
    }
  }

  public let organization: OrganizationID
  /// The organization as people write it.
  public let name: String
  public private(set) var entries: [Entry] = []

  static let title = "touchmark/ceremony-transcript/v1"
  static let maximumOctets = 512 * 1024
  static let maximumLines = 64

  public init(organization: OrganizationID, name: String) { (self.organization, self.name) = (organization, name) }

  /// The step that comes next; nil when all are done.
  public var next: Step? { Step.allCases.dropFirst(entries.count).first }

  /// - Throws: `conflict` for a step that is not the next one.
  public mutating func append(_ entry: Entry) throws(Refusal) {
    guard entry.step == next else {
      throw Refusal(
        .conflict, "\(entry.step.rawValue) is not the next step of this ceremony",
        hint: next.map { "the next one is \($0.rawValue)" } ?? "it is complete")
    }
    entries.append(entry)
  }

  /// Whether this one only adds steps to another.
  public func continues(_ other: CeremonyTranscript) -> Bool { text.hasPrefix(other.text) }

  /// The digest of a file, as the last step that wrote it says.
  public func written(_ name: String) -> [UInt8]? {
    entries.reversed().lazy.flatMap(\.wrote).first { $0.name == name }?.digest
  }
}

/// Written and read.
extension CeremonyTranscript {
  public var text: String { text(of: entries[...]) }

  /// The first steps alone.
  func text(of entries: ArraySlice<Entry>) -> String {
    var text = LineText()
    text.add(line: Self.title)
    text.add("organization", organization.rawValue)
    text.add("name", name)
    for (index, entry) in entries.enumerated() {
      let previous = SHA256.hash(data: Array(text.text.utf8))
      text.block()
      text.add("step", "\(index + 1) \(entry.step.rawValue)")
      // All that stands above this block: nothing there can change, move or go without this line being another.
      text.add("previous", Hex.encode(Array(previous)))
      entry.write(to: &text)
    }
    return text.text
  }

  /// - Throws: `badRequest` for a text that is not exactly what these values are written as: a letter that was changed, a
  ///   step that is missing or stands elsewhere.
  public init(text: String) throws(Refusal) {
    guard text.utf8.count <= Self.maximumOctets else { throw Self.malformed("it is too long") }
    do throws(LineError) {
      try self.init(lines: text)
    } catch {
      throw Self.malformed("the line '\(error.expected)' is not there as it should be")
    }
    guard self.text == text else { throw Self.malformed("a step does not fit those before it") }
    try checkFiles()
  }

  private static func malformed(_ what: String) -> Refusal {
    Refusal(
      .badRequest, "this is no whole transcript of a ceremony: \(what)", hint: "take the copy of the other machine")
  }

  private init(lines text: String) throws(LineError) {
    var lines = LineReader(text)
    try lines.take(line: Self.title)
    organization = try lines.take("organization", OrganizationID.init(rawValue:))
    name = try lines.take("name")
    while !lines.isAtEnd {
      guard let step = next else { throw LineError(expected: "the end") }
      try lines.take(line: "")
      try lines.take(line: "step: \(entries.count + 1) \(step.rawValue)")
      _ = try lines.take("previous")
      entries.append(try Entry(step, &lines))
    }
  }

  /// What a step read is what an earlier one wrote under that name.
  private func checkFiles() throws(Refusal) {
    var written: [String: [UInt8]] = [:]
    for entry in entries {
      for file in entry.read where written[file.name] != file.digest {
        throw Self.malformed("\(file.name), which \(entry.step.rawValue) read, was not written so")
      }
      for file in entry.wrote { written[file.name] = file.digest }
    }
  }
}

extension CeremonyTranscript.Entry {
  fileprivate func write(to text: inout LineText) {
    text.add("at", "\(at)")
    for person in persons { text.add("person", person) }
    text.add("program", program)
    if let root { text.add("root", root.rawValue) }
    for file in read { text.add("read", "\(file.name) \(Hex.encode(file.digest))") }
    for line in shown { text.add("shown", line) }
    for line in confirmed { text.add("confirmed", line) }
    for file in wrote { text.add("wrote", "\(file.name) \(Hex.encode(file.digest))") }
    for note in documents { text.add("approver-document", Base64.encode(Array(note.utf8))) }
    if let approval { text.add("approval", Base64.encode(Array(approval.utf8))) }
  }

  fileprivate init(_ step: CeremonyTranscript.Step, _ lines: inout LineReader) throws(LineError) {
    func note(_ text: String) -> String? {
      Base64.decode(Array(text.utf8)).flatMap { String(validating: $0, as: UTF8.self) }
    }
    self.step = step
    at = try lines.take("at") { Instant($0) }
    persons = try Self.all("person", &lines) { $0 }
    program = try lines.take("program")
    if step == .makeRoot { root = try lines.take("root", AuthorityID.init(rawValue:)) }
    read = try Self.all("read", &lines, CeremonyTranscript.File.init(line:))
    shown = try Self.all("shown", &lines) { $0 }
    confirmed = try Self.all("confirmed", &lines) { $0 }
    wrote = try Self.all("wrote", &lines, CeremonyTranscript.File.init(line:))
    documents = try Self.all("approver-document", &lines, note)
    approval = lines.nextName == "approval" ? try lines.take("approval", note) : nil
  }

  private static func all<T>(
    _ name: String, _ lines: inout LineReader, _ parse: (String) -> T?
  ) throws(LineError) -> [T] {
    var all: [T] = []
    while let next = lines.nextName, next == name {
      guard all.count < CeremonyTranscript.maximumLines else { throw LineError(expected: "fewer of \(name)") }
      all.append(try lines.take(name, parse))
    }
    return all
  }
}

extension CeremonyTranscript.File {
  fileprivate init?(line: String) {
    let parts = line.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, let digest = Hex.decode(parts[1]), digest.count == 32 else { return nil }
    self.init(name: String(parts[0]), digest: digest)
  }
}

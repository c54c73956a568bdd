import Yams

/// Reads a YAML tree key by key, remembers which keys were asked for, and says where anything is wrong.
struct DocumentReader {
  /// A profile is a page of text; more is not one.
  static let maximumBytes = 16_384

  private var entries: [(key: String, keyNode: Node, value: Node)] = []
  private var asked: Set<String> = []
  private let place: Node

  /// Parses a whole text, whose top must be a mapping.
  init(text: String) throws(ProfileError) {
    guard text.utf8.count <= Self.maximumBytes else {
      throw ProfileError(line: 0, column: 0, reason: "longer than \(Self.maximumBytes) bytes")
    }
    try Self.checkNesting(text)
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw Self.failure(error)
    } catch {
      throw ProfileError(line: 0, column: 0, reason: "not YAML")
    }
    guard let node else { throw ProfileError(line: 1, column: 1, reason: "empty") }
    try self.init(node, what: "the document")
  }

  init(_ node: Node, what: String) throws(ProfileError) {
    place = node
    guard case .mapping(let mapping) = node else { throw Self.failure(node, "\(what) must be a mapping of keys") }
    var seen: Set<String> = []
    for (keyNode, value) in mapping {
      guard case .scalar(let scalar) = keyNode else { throw Self.failure(keyNode, "a key must be a word") }
      guard seen.insert(scalar.string).inserted else { throw Self.failure(keyNode, "'\(scalar.string)' stands twice") }
      entries.append((scalar.string, keyNode, value))
    }
  }

  mutating func optional(_ key: String) -> Node? {
    asked.insert(key)
    return entries.first { $0.key == key }?.value
  }

  mutating func required(_ key: String) throws(ProfileError) -> Node {
    guard let node = optional(key) else { throw Self.failure(place, "'\(key)' is missing") }
    return node
  }

  /// Refuses every key that nobody asked for.
  func finish() throws(ProfileError) { try allow(asked) }

  /// Refuses every other key; before what is missing is named, since a missing key is often one that was misspelled.
  func allow(_ known: Set<String>) throws(ProfileError) {
    for entry in entries where !known.contains(entry.key) {
      let names = known.sorted().joined(separator: ", ")
      throw Self.failure(entry.keyNode, "'\(entry.key)' is not known here; known are \(names)")
    }
  }

  /// The keys with their values, for a mapping whose keys are free.
  var all: [(key: String, keyNode: Node, value: Node)] { entries }

  static func text(_ node: Node) throws(ProfileError) -> String {
    guard case .scalar(let scalar) = node, !scalar.string.isEmpty else { throw failure(node, "a text is expected") }
    guard scalar.string.utf8.count <= 1024 else { throw failure(node, "longer than 1024 bytes") }
    return scalar.string
  }

  static func boolean(_ node: Node) throws(ProfileError) -> Bool {
    switch try text(node) {
    case "true": true
    case "false": false
    default: throw failure(node, "true or false is expected")
    }
  }

  static func list(_ node: Node) throws(ProfileError) -> [Node] {
    guard case .sequence(let sequence) = node else { throw failure(node, "a list is expected") }
    guard sequence.count <= 64 else { throw failure(node, "more than 64 entries") }
    return Array(sequence)
  }

  static func failure(_ node: Node, _ reason: String) -> ProfileError {
    let mark = node.mark
    return ProfileError(line: mark?.line ?? 0, column: mark?.column ?? 0, reason: reason)
  }

  private static func failure(_ error: YamlError) -> ProfileError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      ProfileError(line: mark.line, column: mark.column, reason: problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      ProfileError(
        line: context.mark.line, column: context.mark.column,
        reason: "\(duplicates.map { "'\($0)'" }.joined(separator: ", ")) stands twice")
    default: ProfileError(line: 0, column: 0, reason: "not YAML")
    }
  }

  /// The YAML library builds its tree by recursion, so depth is bounded before it sees the text. Aliases, which can
  /// multiply, have no use in a profile.
  private static func checkNesting(_ text: String) throws(ProfileError) {
    var flow = 0
    // Octets, not characters: to find where characters end costs more than all that follows.
    for (number, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
    {
      var dashes = 0
      var indentation = 0
      var isLeading = true
      var begins = true
      for octet in line {
        switch octet {
        case UInt8(ascii: " ") where isLeading: indentation += 1
        case UInt8(ascii: "-"): dashes += 1
        default: isLeading = false
        }
        switch octet {
        case UInt8(ascii: "["), UInt8(ascii: "{"): flow += 1
        case UInt8(ascii: ":"): dashes += 1
        case UInt8(ascii: "&"), UInt8(ascii: "*"):
          guard !begins else {
            throw ProfileError(line: number + 1, column: 1, reason: "anchors and aliases are not taken")
          }
        case UInt8(ascii: "?"):
          // A key that is itself a tree is hashed with all that is in it: two kilobytes of them took half a second.
          guard !begins else { throw ProfileError(line: number + 1, column: 1, reason: "a key is a word, not a tree") }
          dashes += 1
        default: break
        }
        begins = Self.before.contains(octet)
      }
      guard indentation <= 64, dashes <= 64, flow <= 256 else {
        throw ProfileError(line: number + 1, column: 1, reason: "nested too deeply")
      }
    }
  }

  /// After these something begins.
  private static let before: [UInt8] = Array(" [{,".utf8)
}

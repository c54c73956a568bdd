import WireFormats

/// Which records are meant: what stands after `--where`, parsed once. docs/commands.md has the grammar.
///
/// Lengths of time and dates are moments already, as of the time at which it was parsed.
public struct Selection: Hashable, Sendable {
  /// As it was written.
  public let text: String
  public let subject: Subject
  let condition: Condition
  /// What lengths of time were measured from.
  let now: Instant

  /// Whose fields may be named.
  public enum Subject: String, Sendable, CaseIterable {
    case devices, certificates, grants, requests
    /// Entries of the log.
    case entries
  }

  /// - Parameter now: what lengths of time are measured from.
  public init(parsing text: String, of subject: Subject, at now: Instant) throws(SelectionError) {
    var parser = try SelectionParser(text, subject: subject, now: now)
    condition = try parser.whole()
    (self.text, self.subject, self.now) = (text, subject, now)
  }

  /// Octets of the text, nested parentheses and negations, and values in all.
  static let longest = 2048
  static let deepest = 16
  static let mostValues = 256

  indirect enum Condition: Hashable, Sendable {
    case all([Condition])
    case any([Condition])
    case not(Condition)
    case compares(Comparison)

    /// What must hold in any case: the parts of a conjunction.
    var conjuncts: [Condition] {
      guard case .all(let parts) = self else { return [self] }
      return parts.flatMap(\.conjuncts)
    }
  }

  struct Comparison: Hashable, Sendable {
    let field: SelectionField
    let relation: Relation
    let values: [Value]

    init(_ field: SelectionField, _ relation: Relation, _ values: Value...) {
      (self.field, self.relation, self.values) = (field, relation, values)
    }

    init(_ field: SelectionField, _ relation: Relation, values: [Value]) {
      (self.field, self.relation, self.values) = (field, relation, values)
    }

    init(_ field: SelectionField, among values: [Value]) {
      (self.field, relation, self.values) = (field, .among, values)
    }
  }

  enum Relation: String, Hashable, Sendable {
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case prefix = "~"
    case among = "in"
  }

  enum Value: Hashable, Sendable {
    case text(String)
    case moment(Instant)
    /// There is no such moment.
    case never
    case octets([UInt8])
  }
}

/// Where a text is no selection, and what could have stood there.
public struct SelectionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The character, from 1.
  public let position: Int
  public let expected: String
  /// What stands there; nil at the end.
  public let found: String?

  public var description: String {
    let place = found.map { "found '\($0.prefix(40))'" } ?? "the text ends"
    return "at character \(position): expected \(expected), \(place)"
  }
}

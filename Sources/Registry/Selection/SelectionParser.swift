import WireFormats

/// Reads a selection by its grammar: `or` binds less than `and`, and `and` less than `not`.
struct SelectionParser {
  typealias Condition = Selection.Condition
  typealias Token = SelectionLexer.Token

  private let subject: Selection.Subject
  private let now: Instant
  private let tokens: [Token]
  private let end: Int
  private var place = 0
  private var depth = 0
  private var values = 0

  init(_ text: String, subject: Selection.Subject, now: Instant) throws(SelectionError) {
    tokens = try SelectionLexer.tokens(text)
    end = text.unicodeScalars.count + 1
    (self.subject, self.now) = (subject, now)
  }

  mutating func whole() throws(SelectionError) -> Condition {
    let condition = try disjunction()
    guard next == nil else { throw wrong("'and', 'or' or the end") }
    return condition
  }

  // MARK: Tokens

  private var next: Token? { tokens.indices.contains(place) ? tokens[place] : nil }

  private mutating func take() throws(SelectionError) -> Token {
    guard let token = next else { throw wrong("more") }
    place += 1
    return token
  }

  private mutating func skip(word: String) -> Bool {
    guard next?.isWord(word) == true else { return false }
    place += 1
    return true
  }

  private mutating func skip(sign: String) -> Bool {
    guard next?.isSign(sign) == true else { return false }
    place += 1
    return true
  }

  private func wrong(_ expected: String) -> SelectionError { wrong(expected, at: next) }

  private func wrong(_ expected: String, at token: Token?) -> SelectionError {
    SelectionError(position: token?.position ?? end, expected: expected, found: token?.text)
  }

  // MARK: Conditions

  private mutating func disjunction() throws(SelectionError) -> Condition {
    var parts = [try conjunction()]
    while skip(word: "or") { parts.append(try conjunction()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func conjunction() throws(SelectionError) -> Condition {
    var parts = [try negation()]
    while skip(word: "and") { parts.append(try negation()) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func negation() throws(SelectionError) -> Condition {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Selection.deepest else { throw wrong("at most \(Selection.deepest) levels") }
    if skip(word: "not") { return .not(try negation()) }
    guard skip(sign: "(") else { return try comparison() }
    let inner = try disjunction()
    guard skip(sign: ")") else { throw wrong("'and', 'or' or ')'") }
    return inner
  }

  private mutating func comparison() throws(SelectionError) -> Condition {
    let field = try field()
    if field.kind == .overdue { return try overdue() }
    if skip(word: "in") { return try among(field) }
    let relation = try relation(for: field)
    let token = try valueToken()
    return try compare(field, relation, token)
  }

  private mutating func field() throws(SelectionError) -> SelectionField {
    guard let token = next, token.kind == .word else { throw wrong("a field, 'not' or '('") }
    guard let field = subject.field(token.text) else {
      throw wrong("a field of \(subject.rawValue) (\(subject.names))")
    }
    place += 1
    return field
  }

  private mutating func relation(for field: SelectionField) throws(SelectionError) -> Selection.Relation {
    let allowed: [Selection.Relation] =
      switch field.kind {
      case .text: [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .prefix]
      case .choice, .octets, .name: [.equal, .notEqual]
      case .past, .future, .overdue: [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual]
      }
    let others = field.kind == .past || field.kind == .future ? "" : " or in"
    guard let token = next, token.kind == .sign, let relation = Selection.Relation(rawValue: token.text),
      allowed.contains(relation)
    else { throw wrong(allowed.map(\.rawValue).joined(separator: " ") + others) }
    place += 1
    return relation
  }

  private mutating func valueToken() throws(SelectionError) -> Token {
    guard let token = next, token.kind != .sign else { throw wrong("a value") }
    values += 1
    guard values <= Selection.mostValues else { throw wrong("at most \(Selection.mostValues) values") }
    place += 1
    return token
  }

  private mutating func among(_ field: SelectionField) throws(SelectionError) -> Condition {
    guard field.kind != .past, field.kind != .future else {
      throw wrong("a comparison, since \(field.name) is a moment")
    }
    guard skip(sign: "(") else { throw wrong("'('") }
    var list: [Selection.Value] = []
    repeat { list.append(try value(try valueToken(), of: field)) } while skip(sign: ",")
    guard skip(sign: ")") else { throw wrong("',' or ')'") }
    return .compares(Selection.Comparison(field, among: list))
  }

  private func value(_ token: Token, of field: SelectionField) throws(SelectionError) -> Selection.Value {
    switch field.kind {
    case .text, .name: return .text(token.text)
    case .choice(let choices):
      guard choices.contains(token.text) else { throw wrong(choices.joined(separator: ", "), at: token) }
      return .text(token.text)
    case .octets:
      let padded = token.text.utf8.count.isMultiple(of: 2) ? token.text : "0" + token.text
      guard let octets = Hex.decode(padded), octets.count <= 64 else { throw wrong("hexadecimal", at: token) }
      return .octets(octets)
    case .past, .future, .overdue: throw wrong("a moment", at: token)
    }
  }
}

extension SelectionParser {
  private func compare(
    _ field: SelectionField, _ relation: Selection.Relation, _ token: Token
  ) throws(SelectionError) -> Condition {
    guard field.kind == .past || field.kind == .future else {
      return .compares(Selection.Comparison(field, relation, try value(token, of: field)))
    }
    if token.isWord("never") {
      guard relation == .equal || relation == .notEqual else { throw wrong("= never or != never", at: token) }
      return .compares(Selection.Comparison(field, relation, .never))
    }
    if let span = Span(token.text) {
      guard relation != .equal, relation != .notEqual else {
        throw wrong("a date, or < or > before a length of time", at: token)
      }
      // How old a past moment is grows as the moment itself shrinks.
      return field.kind == .past
        ? .compares(Selection.Comparison(field, relation.turned, .moment(now - span)))
        : .compares(Selection.Comparison(field, relation, .moment(now + span)))
    }
    guard let day = Instant(token.text) ?? Instant(token.text + "T00:00:00Z") else {
      throw wrong("a length of time such as 2d, a date such as 2026-11-21, a time in UTC, or never", at: token)
    }
    return Self.compare(field, relation, day, isDay: Instant(token.text) == nil)
  }

  /// A date is its whole day.
  private static func compare(
    _ field: SelectionField, _ relation: Selection.Relation, _ start: Instant, isDay: Bool
  ) -> Condition {
    func bound(_ relation: Selection.Relation, _ instant: Instant) -> Condition {
      .compares(Selection.Comparison(field, relation, .moment(instant)))
    }
    let end = start + (isDay ? .days(1) : .seconds(1))
    switch relation {
    case .less: return bound(.less, start)
    case .lessOrEqual: return bound(.less, end)
    case .greater: return bound(.greaterOrEqual, end)
    case .greaterOrEqual: return bound(.greaterOrEqual, start)
    case .notEqual: return .not(.all([bound(.greaterOrEqual, start), bound(.less, end)]))
    case .equal, .prefix, .among: return .all([bound(.greaterOrEqual, start), bound(.less, end)])
    }
  }

  /// `overdue` alone, or compared with a length of time. Only active devices are: others are not expected to renew.
  private mutating func overdue() throws(SelectionError) -> Condition {
    let active = Condition.compares(Selection.Comparison(.state, .equal, .text("active")))
    let due = Condition.compares(Selection.Comparison(.renewalDue, .less, .moment(now)))
    guard let token = next, token.kind == .sign, !token.isSign(")") else { return .all([active, due]) }
    guard let relation = Selection.Relation(rawValue: token.text),
      [.less, .lessOrEqual, .greater, .greaterOrEqual].contains(relation)
    else { throw wrong("< <= > or >=, or overdue alone") }
    place += 1
    let value = try valueToken()
    guard let span = Span(value.text) else { throw wrong("a length of time such as 2d", at: value) }
    return .all([
      active, due, .compares(Selection.Comparison(.renewalDue, relation.turned, .moment(now - span))),
    ])
  }
}

extension Selection.Relation {
  /// The relation between the negatives.
  fileprivate var turned: Selection.Relation {
    switch self {
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    case .equal, .notEqual, .prefix, .among: self
    }
  }
}

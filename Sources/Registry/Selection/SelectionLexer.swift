/// A selection's text as words, signs and quoted values, each with its place.
struct SelectionLexer {
  struct Token: Hashable {
    enum Kind: Hashable { case word, quoted, sign }

    let kind: Kind
    let text: String
    /// The character, from 1.
    let position: Int

    func isWord(_ word: String) -> Bool { kind == .word && text.lowercased() == word }
    func isSign(_ sign: String) -> Bool { kind == .sign && text == sign }
  }

  private var rest: Substring.UnicodeScalarView
  private var position = 1

  private init(_ text: String) { rest = text[...].unicodeScalars }

  static func tokens(_ text: String) throws(SelectionError) -> [Token] {
    guard text.utf8.count <= Selection.longest else {
      throw SelectionError(
        position: Selection.longest + 1, expected: "at most \(Selection.longest) octets", found: "more")
    }
    var lexer = SelectionLexer(text)
    var tokens: [Token] = []
    while let token = try lexer.next() { tokens.append(token) }
    return tokens
  }

  private mutating func take() -> Unicode.Scalar? {
    guard let scalar = rest.popFirst() else { return nil }
    position += 1
    return scalar
  }

  private mutating func next() throws(SelectionError) -> Token? {
    while let first = rest.first, first.properties.isWhitespace { _ = take() }
    guard let first = rest.first else { return nil }
    let start = position
    if first == "'" || first == "\"" { return try quoted(by: first, from: start) }
    if "()=,~".unicodeScalars.contains(first) {
      _ = take()
      return Token(kind: .sign, text: String(first), position: start)
    }
    if "!<>".unicodeScalars.contains(first) { return try comparison(from: start) }
    var word = String.UnicodeScalarView()
    while let scalar = rest.first, Self.isOfWord(scalar) { if let taken = take() { word.append(taken) } else { break } }
    guard !word.isEmpty else {
      throw SelectionError(position: start, expected: "a field, a value or a sign", found: String(first))
    }
    return Token(kind: .word, text: String(word), position: start)
  }

  private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
    !scalar.properties.isWhitespace && !"()=,~!<>'\"".unicodeScalars.contains(scalar)
      && scalar.properties.generalCategory != .control
  }

  private mutating func comparison(from start: Int) throws(SelectionError) -> Token {
    var text = take().map(String.init) ?? ""
    if rest.first == "=" { text += take().map(String.init) ?? "" }
    guard text != "!" else { throw SelectionError(position: start, expected: "!=", found: "!") }
    return Token(kind: .sign, text: text, position: start)
  }

  /// The quotation mark within is written twice.
  private mutating func quoted(by mark: Unicode.Scalar, from start: Int) throws(SelectionError) -> Token {
    _ = take()
    var text = String.UnicodeScalarView()
    while let scalar = take() {
      guard scalar == mark else {
        text.append(scalar)
        continue
      }
      guard rest.first == mark else { return Token(kind: .quoted, text: String(text), position: start) }
      _ = take()
      text.append(mark)
    }
    throw SelectionError(position: position, expected: "the closing \(mark)", found: nil)
  }
}

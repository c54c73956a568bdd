import AdministrationAPI

/// Why a command did not do what it was asked: one line, what to do about it, and the exit code.
package struct CommandFailure: Error, Hashable, Sendable {
  package let exit: CommandExit
  /// One line, lower case, no full stop.
  package let message: String
  package let hint: String?
  /// What the server answered, where it was the server's to say.
  package internal(set) var problem: Problem?

  package init(_ exit: CommandExit, _ message: String, hint: String? = nil) {
    self.exit = exit
    self.message = message
    self.hint = hint
  }

  /// What stands on standard error.
  package var text: String {
    var text = "touchmark: \(OneLine.of(message))\n"
    if let hint { text += "hint: \(OneLine.of(hint))\n" }
    return text
  }
}

/// Text that came from elsewhere, as one line of a terminal.
package enum OneLine {
  /// Without line breaks and control characters, the first letter in lower case (unless a capital or a digit follows,
  /// as in `CSR`), no full stop at the end.
  package static func of(_ text: String) -> String {
    var line = Printable.text(text)
    while line.hasSuffix(".") || line.hasSuffix(" ") { line.removeLast() }
    guard let first = line.first, first.isUppercase else { return line }
    let second = line.dropFirst().first
    guard second == nil || second?.isLowercase == true || second == " " else { return line }
    return first.lowercased() + line.dropFirst()
  }
}

/// What a terminal may be shown of text that a device or a stranger chose.
package enum Printable {
  /// Control characters become spaces: an escape sequence in a subject must not reach the operator's terminal. So do
  /// the marks that reorder text, which would make one name look like another.
  package static func text(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(isHarmless(scalar) ? scalar : " ") }
    return String(result)
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: false
    default: true
    }
  }
}

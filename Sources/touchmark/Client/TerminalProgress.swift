/// One line that is rewritten while long work goes on, on a terminal only: a file or a pipe sees nothing of it.
struct TerminalProgress {
  private let isShown: Bool
  private var width = 0

  init(isShown: Bool = StandardError.isTerminal) { self.isShown = isShown }

  mutating func show(_ text: String) {
    guard isShown else { return }
    StandardError.write("\r\(text)\(String(repeating: " ", count: max(0, width - text.count)))")
    width = text.count
  }

  /// Clears the line, so that what follows starts at its beginning.
  mutating func clear() {
    guard isShown, width > 0 else { return }
    StandardError.write("\r\(String(repeating: " ", count: width))\r")
    width = 0
  }
}

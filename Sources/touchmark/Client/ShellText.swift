/// Text as a POSIX shell reads it back unchanged.
package enum ShellText {
  package static func quote(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { octet in
      switch octet {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2C, 0x2D, 0x2E, 0x2F, 0x3A, 0x40, 0x5F: true
      default: false
      }
    }
    guard !plain || text.isEmpty || text.hasPrefix("-") else { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}

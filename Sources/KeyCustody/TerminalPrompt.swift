#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Asks for a passphrase without showing it.
package struct TerminalPrompt {
  let input: Int32
  let output: Int32

  package init(input: Int32, output: Int32) { (self.input, self.output) = (input, output) }

  /// - Parameters:
  ///   - noun: What it opens, as the prompt says it.
  ///   - twice: Asks again and compares, for a passphrase that is new.
  package func ask(for noun: String, twice: Bool) throws(CustodyError) -> SecretBytes {
    let first = try ask("\(twice ? "new passphrase" : "passphrase") for \(noun): ")
    guard !first.isEmpty else { throw .emptySecret(source: "the terminal") }
    guard twice else { return first }
    guard try ask("once more: ") == first else { throw .passphrasesDiffer }
    return first
  }

  private func ask(_ prompt: String) throws(CustodyError) -> SecretBytes {
    // The echo goes first: what is typed ahead of the prompt is a secret, too.
    var settings = termios()
    guard tcgetattr(input, &settings) == 0 else { throw DurableFile.failure("terminal") }
    var silent = settings
    silent.c_lflag &= ~tcflag_t(ECHO)
    silent.c_lflag |= tcflag_t(ICANON)
    guard tcsetattr(input, TCSAFLUSH, &silent) == 0 else { throw DurableFile.failure("terminal") }
    defer {
      _ = tcsetattr(input, TCSAFLUSH, &settings)
      show("\n")
    }
    show(prompt)
    return try line()
  }

  private func show(_ text: String) {
    let octets = Array(text.utf8)
    _ = octets.withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
  }

  private func line() throws(CustodyError) -> SecretBytes {
    // Reserved at its full size, so that it never moves and leaves a copy.
    var octets: [UInt8] = []
    octets.reserveCapacity(SecretSource.maximumPassphrase)
    defer { octets.withUnsafeMutableBytes { SecretBytes.wipe($0) } }
    while true {
      var octet: UInt8 = 0
      let count = read(input, &octet, 1)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw DurableFile.failure("terminal") }
      if count == 0 || octet == 0x0A { return SecretBytes(copying: octets) }
      guard octets.count < SecretSource.maximumPassphrase else { throw .tooLarge(path: "the passphrase") }
      octets.append(octet)
    }
  }
}

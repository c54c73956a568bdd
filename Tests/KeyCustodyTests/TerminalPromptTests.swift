import Foundation
import KeyCustody
import Testing

#if os(Linux)
/// On a pseudo-terminal, as a person would type.
@Suite(.serialized, .timeLimit(.minutes(1))) struct TerminalPromptTests {
  private struct Terminal {
    let person: Int32
    let program: Int32

    // ptmx(4), ioctl_tty(2): Glibc's module does not show posix_openpt and its kin.
    private static let unlock: UInt = 0x4004_5431
    private static let number: UInt = 0x8004_5430

    init() throws {
      person = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      var (locked, number): (CInt, CInt) = (0, 0)
      guard person >= 0, ioctl(person, Self.unlock, &locked) == 0, ioctl(person, Self.number, &number) == 0 else {
        throw POSIXError(.ENOTTY)
      }
      program = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
      guard program >= 0 else { throw POSIXError(.ENOTTY) }
    }

    func close() {
      _ = Foundation.close(person)
      _ = Foundation.close(program)
    }

    var echoes: Bool {
      var settings = termios()
      tcgetattr(program, &settings)
      return settings.c_lflag & tcflag_t(ECHO) != 0
    }

    /// Reads what is shown until it ends in `text`.
    func waitFor(_ text: String) -> String {
      var shown: [UInt8] = []
      var octet: UInt8 = 0
      // By octets: to a String CR LF is one character, which does not end in LF.
      while !shown.reversed().starts(with: text.utf8.reversed()), read(person, &octet, 1) == 1 { shown.append(octet) }
      return String(decoding: shown, as: UTF8.self)
    }

    func type(_ text: String) {
      let octets = Array(text.utf8)
      _ = write(person, octets, octets.count)
    }
  }

  private func ask(_ terminal: Terminal, twice: Bool, typing lines: [String]) async -> (
    Result<SecretBytes, CustodyError>, String
  ) {
    async let answer = OwnThread.run { () -> Result<SecretBytes, CustodyError> in
      let prompt = TerminalPrompt(input: terminal.program, output: terminal.program)
      do throws(CustodyError) { return .success(try prompt.ask(for: "the root key", twice: twice)) } catch {
        return .failure(error)
      }
    }
    let shown = await OwnThread.run { () -> String in
      var shown = ""
      for line in lines {
        shown += terminal.waitFor(": ")
        terminal.type(line + "\n")
      }
      return shown + terminal.waitFor("\n")
    }
    return (await answer, shown)
  }

  @Test func asksWithoutShowing() async throws {
    let terminal = try Terminal()
    defer { terminal.close() }
    #expect(terminal.echoes)
    let (answer, shown) = await ask(terminal, twice: false, typing: ["open sesame"])
    #expect(try answer.get() == SecretBytes(copying: Array("open sesame".utf8)))
    #expect(shown.contains("passphrase for the root key: "))
    #expect(!shown.contains("sesame"))
    #expect(terminal.echoes)
  }

  @Test func asksTwiceForANewOne() async throws {
    let terminal = try Terminal()
    defer { terminal.close() }
    let (answer, shown) = await ask(terminal, twice: true, typing: ["open sesame", "open sesame"])
    #expect(try answer.get() == SecretBytes(copying: Array("open sesame".utf8)))
    #expect(shown.contains("new passphrase for the root key: "))
    #expect(shown.contains("once more: "))
    #expect(!shown.contains("sesame"))
  }

  @Test func differingAnswersAreRefused() async throws {
    let terminal = try Terminal()
    defer { terminal.close() }
    let (answer, _) = await ask(terminal, twice: true, typing: ["open sesame", "open sesamf"])
    #expect(throws: CustodyError.passphrasesDiffer) { try answer.get() }
    #expect(terminal.echoes)
  }

  @Test func emptyAnswerIsRefused() async throws {
    let terminal = try Terminal()
    defer { terminal.close() }
    let (answer, _) = await ask(terminal, twice: true, typing: [""])
    #expect(throws: CustodyError.emptySecret(source: "the terminal")) { try answer.get() }
  }
}
#endif

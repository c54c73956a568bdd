import Foundation
import TestKit
import Testing

/// What the real program says to a wrong command line: no server is asked.
@Suite struct ArgumentTranscriptTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let line: String
    let exit: Int32
    let errors: String
    var testDescription: String { line }
  }

  static let cases = [
    Case(
      line: "device add", exit: 2,
      errors: "touchmark: missing expected argument '<serial>'\nhint: touchmark device add --help\n"),
    Case(
      line: "device add PUMP-7", exit: 2,
      errors: "touchmark: missing expected argument '--profile <name>'\nhint: touchmark device add --help\n"),
    Case(
      line: "device add PUMP-7 --profile operational --expires-in 3", exit: 2,
      errors: "touchmark: the value '3' is invalid for '--expires-in <24h>'\nhint: touchmark device add --help\n"),
    Case(
      line: "device add PUMP-7 --profile operational --kind toaster", exit: 2,
      errors: "touchmark: --kind is one of device, gateway, application, person, station, and not 'toaster'\n"
        + "hint: touchmark device add --help\n"),
    Case(
      line: "device list --state asleep", exit: 2,
      errors: "touchmark: --state is one of registered, active, suspended, retired, and not 'asleep'\n"
        + "hint: touchmark device list --help\n"),
    Case(
      line: "device list --limit 0", exit: 2,
      errors: "touchmark: --limit is a count from 1 up, and not 0\nhint: touchmark device list --help\n"),
    Case(
      line: "device replace PUMP-7 --with PUMP-7", exit: 2,
      errors: "touchmark: a device cannot replace itself\nhint: touchmark device replace --help\n"),
    Case(
      line: "grant add --profile operational --uses 0 --expires-in 24h", exit: 2,
      errors: "touchmark: --uses is a count from 1 up, and not 0\nhint: touchmark grant add --help\n"),
    Case(
      line: "grant add --profile operational --uses 5 --expires-in 24h --serials A-1,", exit: 2,
      errors:
        "touchmark: the value 'A-1,' is invalid for '--serials <from..to|a,b>'\nhint: touchmark grant add --help\n"),
    Case(
      line: "certificate revoke xyz --reason superseded", exit: 2,
      errors: "touchmark: 'xyz' is not a serial number: hexadecimal, up to 20 octets\n"
        + "hint: touchmark certificate revoke --help\n"),
    Case(
      line: "certificate revoke 0a --reason bored", exit: 2,
      errors: "touchmark: --reason is one of unspecified, keyCompromise, cACompromise, affiliationChanged, superseded, "
        + "cessationOfOperation, certificateHold, privilegeWithdrawn, aACompromise, and not 'bored'\n"
        + "hint: touchmark certificate revoke --help\n"),
    Case(
      line: "certificate issue ../x --profile server --out out", exit: 2,
      errors: "touchmark: '../x' cannot be the name of a file\nhint: touchmark certificate issue --help\n"),
    Case(
      line: "audit list --after -1", exit: 2,
      errors: "touchmark: missing value for '--after <index>'\nhint: touchmark audit list --help\n"),
    Case(
      line: "device list --where product=", exit: 2,
      errors:
        "touchmark: --where, at character 9: expected a value, the text ends\nhint: touchmark device list --help\n"),
    Case(
      line: "device suspend", exit: 2,
      errors: "touchmark: one of a serial, --where and --resume says what to act on\n"
        + "hint: touchmark device suspend --help\n"),
    Case(
      line: "report reach", exit: 2,
      errors: "touchmark: one of --authority, --certificate and --firmware says what is compromised\n"
        + "hint: touchmark report reach --help\n"),
    Case(
      line: "device polish", exit: 2,
      errors: "touchmark: unexpected argument 'polish'\nhint: touchmark device --help\n"),
  ]

  @Test(arguments: cases) func wrongLinesAreUsageErrors(_ wrong: Case) async throws {
    let outcome = try await Program.touchmark.run(wrong.line.split(separator: " ").map(String.init))
    #expect(outcome.errors == wrong.errors)
    #expect(outcome.output.isEmpty)
    #expect(outcome.exit == wrong.exit)
  }

  @Test(arguments: ["device", "grant", "certificate", "profile", "authority", "trust", "audit"])
  func everyNounHasHelp(_ noun: String) async throws {
    let outcome = try await Program.touchmark.run([noun, "--help"])
    #expect(outcome.exit == 0)
    #expect(outcome.output.contains("USAGE: touchmark \(noun) <subcommand>"))
    #expect(outcome.errors.isEmpty)
  }
}

/// What it says when no server can be asked.
@Suite struct NoServerTranscriptTests {
  @Test func aFolderWithoutDataSaysHowToBegin() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let outcome = try await Program.touchmark.run(["device", "list", "--data", "here"], in: folder.path)
    #expect(
      outcome.transcript == """
        touchmark: there is no Touchmark data in here
        hint: name the folder with --data DIR, or start here: touchmark up --data here
        [3]

        """)
  }

  @Test func dataWithoutAServerSaysHowToStartIt() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("touchmark.yaml", "organization: Acme\n")
    let outcome = try await Program.touchmark.run(
      ["grant", "list"], environment: ["TOUCHMARK_DATA": folder.path])
    #expect(
      outcome.transcript == """
        touchmark: no server runs on \(folder.path)
        hint: start it: touchmark serve --data \(folder.path)
        [3]

        """)
  }

  @Test func withoutAnIdentityNobodyIsAsked() async throws {
    let outcome = try await Program.touchmark.run(
      ["device", "list", "--server", "https://127.0.0.1:1", "--identity", "/nonexistent/admin.pem"])
    #expect(
      outcome.transcript == """
        touchmark: no administrator's certificate can be read at /nonexistent/admin.pem
        hint: name it with --identity PATH, or the data folder with --data DIR
        [4]

        """)
  }

  @Test func anUnreachableServerIsNamed() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try ForeignIdentity.write(to: folder)
    let port = FreePort.find(1)[0]
    let outcome = try await Program.touchmark.run(
      ["device", "list", "--server", "https://127.0.0.1:\(port)", "--identity", folder.path])
    #expect(
      outcome.transcript == """
        touchmark: no server answers at https://127.0.0.1:\(port)
        hint: is the address right, and the server up
        [3]

        """)
  }
}

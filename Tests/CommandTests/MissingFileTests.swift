import TestKit
import Testing

/// A file or folder that the command line names and that is not there ends every command in the same way, before any
/// server is asked.
@Suite struct MissingFileTests {
  @Test(arguments: [
    "device import /none/x", "device import --manifest /none/x --signer /none/y --profile idevid",
    "device enroll --csr /none/x --grant g-1 --secret-file /none/s --out out", "profile apply /none/x",
    "profile try operational --csr /none/x", "certificate sign --csr /none/x --profile server",
    "certificate import /none/x", "certificate inspect /none/x",
    "trust add acme --certificate /none/x --profile operational --manufacturer acme",
    "admin add Ann --csr /none/x --out ann", "admin recover Ann --csr /none/x --out ann",
    "bundle publish /none/x", "bundle verify /none/x --approvers /none/y --organization org-1",
    "bundle draft --organization org-1 --number 1 --author Ann --root /none/x --out draft",
    "approver install /none/x", "approver sign /none/x --person Ann --key k --out s",
    "approver assemble /none/x --out s /none/y",
    "root install /none/x", "root answer /none/x --root /none/r --out a", "audit verify --store /none/x",
    "audit verify --from /none/x", "audit verify --key /none/x", "restore /none/x --data new",
    "authority ceremony verify /none/x --root /none/y", "authority ceremony status --medium /none",
    "authority ceremony request --data new --medium /none/m --person ann",
    "authority recover operational --data /none/d",
    "report reach --certificate /none/x", "serve --data /none/x",
    "init --data new --organization Works --issuer-cert /none/x --issuer-key /none/y --root /none/z",
  ])
  func itIsSaidAndEndsWithFive(_ line: String) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let outcome = try await Program.touchmark.run(line.split(separator: " ").map(String.init), in: folder.path)
    #expect(outcome.exit == 5, "\(line): \(outcome.transcript)")
    #expect(outcome.errors.hasPrefix("touchmark: "), "\(line): \(outcome.transcript)")
    #expect(outcome.errors.contains("/none/"), "\(line): \(outcome.transcript)")
  }

  /// One that is there and cannot be read is another matter.
  @Test func aFolderInTheFilesPlaceIsRefused() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let outcome = try await Program.touchmark.run(["profile", "apply", folder.path], in: folder.path)
    #expect(outcome.exit == 1 && outcome.errors.hasSuffix(" cannot be read\n"), "\(outcome.transcript)")
  }
}

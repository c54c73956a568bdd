import AdministrationAPI
import Foundation
import TestKit
import Testing

extension RunningServer {
  nonisolated var backupPassphrase: String { folder.path + "/backup-phrase" }

  /// Writes `backup`, as it serves.
  @discardableResult
  nonisolated func backUp() async throws -> Program.Outcome {
    try "a passphrase for backups\n".write(toFile: backupPassphrase, atomically: true, encoding: .utf8)
    let written = try await touchmark(
      ["backup", "--to", folder.path + "/backup", "--passphrase-file", backupPassphrase])
    #expect(written.exit == 0, "\(written.transcript)")
    return written
  }

  nonisolated var restoring: [String] {
    ["restore", folder.path + "/backup", "--data", data, "--passphrase-file", backupPassphrase]
  }

  /// No administrator's key is in a backup.
  nonisolated func bringAdministrator(from gone: String) throws {
    for name in ["admin.pem", "admin.key"] {
      try FileManager.default.copyItem(atPath: gone + "/" + name, toPath: data + "/" + name)
    }
  }

  /// What authorities published, as `lists/PURPOSE.crl`: whoever asks has it, without a certificate.
  nonisolated func takeLists() async throws {
    let authorities: [AuthorityItem] = try await json(["authority", "list"])
    try FileManager.default.createDirectory(atPath: folder.path + "/lists", withIntermediateDirectories: true)
    for authority in authorities where authority.purpose != "successor" {
      let path = folder.path + "/lists/\(authority.purpose).crl"
      let taken = try await Program(path: "/usr/bin/env").run(
        ["curl", "-sSf", "-o", path, "\(http)/crl/\(authority.id).crl"])
      #expect(taken.exit == 0, "\(taken.transcript)")
    }
  }

  /// What a rehearsal that needs no list says.
  static var withoutLists: [String] {
    ["root", "idevid", "operational", "installation"].flatMap { ["--without-crl", $0] }
  }
}

import Foundation
import TestKit
import Testing

/// Two persons with keys of their own, and what they sign with the real program. Their files lie in a folder.
struct Approvers {
  let folder: TemporaryFolder
  let organization: String

  func run(_ line: [String]) async throws -> Program.Outcome {
    try await Program.touchmark.run(
      line, environment: ["TOUCHMARK_APPROVER_PASSPHRASE_FILE": folder.path + "/phrase"], in: folder.path)
  }

  /// Makes their keys, and the first document `doc.note`, which both signed.
  static func founded(
    in folder: TemporaryFolder, organization: String, purpose: String = "trust-bundle"
  ) async throws -> Approvers {
    try folder.write("phrase", "a passphrase of the approvers\n")
    let approvers = Approvers(folder: folder, organization: organization)
    var named: [String] = []
    for person in ["ann", "ben"] {
      let key = try await approvers.run(
        ["approver", "key", person, "--organization", organization, "--out", "\(person).key"])
      try #require(key.exit == 0, "\(key.transcript)")
      named += ["--approver", "\(person)=\(key.output.trimmingCharacters(in: .newlines))"]
    }
    let made = try await approvers.run(
      ["approver", "document", "--organization", organization, "--purpose", purpose, "--out", "doc"] + named)
    try #require(made.exit == 0, "\(made.transcript)")
    try await approvers.sign("doc")
    return approvers
  }

  /// By one, or by both; then assembled into `STATEMENT.note`.
  func sign(_ statement: String, by persons: [String] = ["ann", "ben"]) async throws {
    for person in persons {
      let signed = try await run([
        "approver", "sign", statement, "--person", person, "--key", "\(person).key", "--out",
        "\(statement).\(person)", "--yes",
      ])
      try #require(signed.exit == 0, "\(signed.transcript)")
    }
    let whole = try await run(
      ["approver", "assemble"] + persons.map { "\(statement).\($0)" } + ["--out", "\(statement).note"])
    try #require(whole.exit == 0, "\(whole.transcript)")
  }
}

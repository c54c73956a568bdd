import AdministrationAPI
import Foundation
import TestKit
import Testing

/// A root on one machine, its authorities on another, and a stick between them: two folders and the real program.
@Suite(.serialized) struct CeremonyTests {
  /// What both machines' commands are told; each has a folder of its own, and the stick is carried.
  private struct Walk {
    let folder: TemporaryFolder
    let data: String
    var environment: [String: String]
    var rootKeys: [String] = []

    init(_ folder: TemporaryFolder, data: String) throws {
      (self.folder, self.data) = (folder, data)
      for name in ["root", "successor", "online"] { try folder.write("\(name)-phrase", "the passphrase of \(name)\n") }
      environment = [
        "TOUCHMARK_ROOT_PASSPHRASE_FILE": folder.path + "/root-phrase",
        "TOUCHMARK_SUCCESSOR_PASSPHRASE_FILE": folder.path + "/successor-phrase",
        "TOUCHMARK_PASSPHRASE_FILE": folder.path + "/online-phrase",
      ]
    }

    func run(_ line: [String]) async throws -> Program.Outcome {
      try await Program.touchmark.run(line, environment: environment, in: folder.path)
    }

    /// A step on the root's machine, or on the other.
    func step(_ verb: String, _ options: [String] = []) async throws -> Program.Outcome {
      let isRoots = ["root", "answer", "sign"].contains(verb)
      let keys = isRoots ? rootKeys : []
      return try await run(
        ["authority", "ceremony", verb, "--data", isRoots ? "offline" : data, "--medium", "stick"]
          + (verb == "keep" ? [] : ["--person", isRoots ? "ann" : "ben", "--yes"]) + keys + options)
    }

    func done(
      _ verb: String, _ options: [String] = [], at location: SourceLocation = #_sourceLocation
    ) async throws {
      let outcome = try await step(verb, options)
      try #require(outcome.exit == 0, "\(verb): \(outcome.transcript)", sourceLocation: location)
    }
  }

  private static let naming = ["--organization", "Test Works", "--public-http", "http://pki.example.com"]

  @Test func aRootInASealedFile() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let approvers = try await Approvers.founded(in: folder, organization: "org-pumps", purpose: "root-ceremony")
    var environment: [String: String] = [:]
    let server = try await RunningServer.over(
      environment: ["TOUCHMARK_PASSPHRASE_FILE": folder.path + "/online-phrase"]
    ) { data, listen in
      let walk = try Walk(folder, data: data)
      environment = walk.environment
      try await withApprovers(walk, approvers, listen)
    }
    do {
      try await serves(server)
      let root = try await Program.touchmark.run(
        ["authority", "ceremony", "verify", "stick/transcript.signed", "--root", server.root], in: folder.path)
      #expect(root.exit == 0 && root.errors.contains("approved by ann, ben"), "\(root.transcript)")
      try await whatIsAlteredIsFound(folder, root: server.root)
      // Later acts: the root's machine still demands its approvers.
      let asked = try await server.touchmark(
        ["authority", "renew", "operational", "--request", folder.path + "/later"])
      #expect(asked.exit == 0, "\(asked.transcript)")
      let answer = ["root", "answer", "later", "--data", "offline", "--yes", "--out", "later.answer"]
      let refused = try await Program.touchmark.run(answer, environment: environment, in: folder.path)
      #expect(refused.exit != 0 && refused.errors.contains("2 of 2 approvers"), "\(refused.transcript)")
      try await approvers.sign("later")
      let signed = try await Program.touchmark.run(
        answer + ["--approval", "later.note"], environment: environment, in: folder.path)
      #expect(signed.exit == 0, "\(signed.transcript)")
      #expect(try await server.touchmark(["root", "install", folder.path + "/later.answer"]).exit == 0)
      await server.end()
    } catch {
      await server.end()
      throw error
    }
  }

  private func withApprovers(_ walk: Walk, _ approvers: Approvers, _ listen: [String]) async throws {
    let folder = walk.folder
    try await walk.done("root", Self.naming + ["--approvers", "doc.note"])
    let early = try await walk.step("answer")
    #expect(early.exit == 6 && early.errors.contains("ceremony request"), "\(early.transcript)")
    try await theMediumIsHeldAgainstTheTranscript(walk, listen)
    try await walk.done("request", listen)
    // Asked again, as after a crash or with another stick: the same request, and no second key.
    let first = try #require(folder.text("stick/request"))
    try FileManager.default.removeItem(atPath: folder.path + "/stick/request")
    try FileManager.default.removeItem(atPath: folder.path + "/stick/transcript")
    let again = try await walk.step("request", listen)
    #expect(again.exit == 0 && folder.text("stick/request") == first, "\(again.transcript)")

    // What stands above the last step cannot change unseen, and the root's machine knows its own step.
    let carried = try #require(folder.text("stick/transcript"))
    try folder.write("stick/transcript", carried.replacing("person: ann", with: "person: eve"))
    let eve = try await walk.step("answer")
    #expect(eve.exit == 1 && eve.errors.contains("transcript"), "\(eve.transcript)")
    try folder.write("stick/transcript", carried)

    let alone = try await walk.step("answer")
    #expect(
      alone.exit != 0 && alone.errors.contains("2 of 2 approvers") && alone.errors.contains("approver sign"),
      "\(alone.transcript)")
    try FileManager.default.copyItem(atPath: folder.path + "/stick/request", toPath: folder.path + "/asked")
    try await approvers.sign("asked")
    try await walk.done("answer", ["--approval", "asked.note"])
    #expect(!FileManager.default.fileExists(atPath: walk.data + "/touchmark.yaml"))
    try await installAfterACrash(walk)
    let unapproved = try await walk.step("sign")
    #expect(
      unapproved.exit != 0 && unapproved.errors.contains("approve the transcript"), "\(unapproved.transcript)")
    let wrong = try await walk.step("sign", ["--approval", "asked.note"])
    #expect(wrong.exit != 0, "\(wrong.transcript)")
    try FileManager.default.copyItem(atPath: folder.path + "/stick/transcript", toPath: folder.path + "/walked")
    try await approvers.sign("walked")
    try await walk.done("sign", ["--approval", "walked.note"])
    try await walk.done("keep")
    for copy in ["\(walk.data)/ceremony", "\(folder.path)/offline/ceremony"] {
      let kept = FileManager.default.contents(atPath: copy + "/transcript.signed")
      #expect(kept == FileManager.default.contents(atPath: folder.path + "/stick/transcript.signed"), "\(copy)")
    }
    // Nothing secret was carried.
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path + "/stick") {
      #expect(folder.text("stick/\(name)")?.contains("PRIVATE KEY") == false, "\(name)")
    }
  }

  /// The power fails before the configuration is written, and again before the step is noted.
  private func installAfterACrash(_ walk: Walk) async throws {
    let places = [walk.data + "/ceremony/transcript", walk.folder.path + "/stick/transcript"]
    let before = places.map { FileManager.default.contents(atPath: $0) }
    func turnBack() {
      for (place, text) in zip(places, before) { _ = FileManager.default.createFile(atPath: place, contents: text) }
    }
    try await walk.done("install")
    turnBack()
    try FileManager.default.removeItem(atPath: walk.data + "/touchmark.yaml")
    try await walk.done("install")
    let key = FileManager.default.contents(atPath: walk.data + "/audit.pub")
    turnBack()
    try await walk.done("install")
    #expect(FileManager.default.contents(atPath: walk.data + "/audit.pub") == key, "it was made twice")
  }

  /// Another file under the name, and another step in the transcript.
  private func theMediumIsHeldAgainstTheTranscript(_ walk: Walk, _ listen: [String]) async throws {
    let folder = walk.folder
    for (file, from, to) in [
      ("root-package", "name: Test", "name: Best"), ("transcript", "step: 1", "step: 2"),
    ] {
      let text = try #require(folder.text("stick/\(file)"))
      try folder.write("stick/\(file)", text.replacing(from, with: to))
      let refused = try await walk.step("request", listen)
      #expect(refused.exit != 0 && !FileManager.default.fileExists(atPath: walk.data), "\(refused.transcript)")
      try folder.write("stick/\(file)", text)
    }
  }

  private func whatIsAlteredIsFound(_ folder: TemporaryFolder, root: String) async throws {
    let signed = try #require(folder.text("stick/transcript.signed"))
    let blocks = signed.components(separatedBy: "\n\n")
    try #require(blocks.count == 7)
    func joined(_ order: [Int]) -> String { order.map { blocks[$0] }.joined(separator: "\n\n") }
    let wrong = [
      "a step removed": joined([0, 1, 2, 4, 5, 6]), "steps reordered": joined([0, 1, 3, 2, 4, 5, 6]),
      "the last step cut off": joined([0, 1, 2, 3, 4, 6]), "no signature": joined([0, 1, 2, 3, 4, 5]) + "\n",
      "a byte": signed.replacing("person: ben", with: "person: bem"),
      "a fingerprint": signed.replacing("shown: certified", with: "shown: Certified"),
    ]
    for (what, text) in wrong {
      try #require(text != signed, "\(what)")
      try folder.write("wrong", text)
      let found = try await Program.touchmark.run(
        ["authority", "ceremony", "verify", "wrong", "--root", root], in: folder.path)
      #expect(found.exit == 1, "\(what): \(found.transcript)")
    }
    let other = try await Program.touchmark.run(
      ["authority", "ceremony", "verify", "stick/transcript.signed", "--root", "offline/other.pem"], in: folder.path)
    #expect(other.exit == 5, "\(other.transcript)")
  }

  /// It starts, and issues under the root that is elsewhere.
  private func serves(_ server: RunningServer) async throws {
    let device = try await ForeignDevice.enrolled("PUMP-1", at: server)
    try await device.renew()
    let cacerts = try await device.cacerts(root: "data/root.pem")
    try server.folder.write("cacerts.pem", cacerts)
    let verified = try await server.openssl(
      ["verify", "-CAfile", "data/root.pem", "-untrusted", "cacerts.pem", device.certificate])
    #expect(verified.output == "\(device.certificate): OK\n", "\(verified.transcript)")
    for name in ["root", "successor"] { #expect(!FileManager.default.fileExists(atPath: server.data + "/" + name)) }
    #expect(try await server.touchmark(["audit", "verify"]).exit == 0)
  }

  @Test func aRootAndItsAuthoritiesOnTokens() async throws {
    let token = try await SoftToken()
    let rootURI = try await token.add("Root")
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let server = try await RunningServer.over(
      environment: token.environment.merging(["TOUCHMARK_PASSPHRASE_FILE": folder.path + "/online-phrase"]) { $1 }
    ) { data, listen in
      var walk = try Walk(folder, data: data)
      walk.environment.merge(token.environment) { $1 }
      walk.rootKeys = ["--root-keys", rootURI]
      try await walk.done("root", Self.naming)
      try await walk.done("request", listen + ["--keys", token.uri])
      try await walk.done("answer")
      try await walk.done("install")
      try await walk.done("sign")
      try await walk.done("keep")
      #expect(folder.text("stick/transcript")?.contains("the root's key is on pkcs11:token=Root;") == true)
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/offline/root"))
    }
    do {
      try await serves(server)
      let all: [AuthorityItem] = try await server.json(["authority", "list"])
      for authority in all where !["root", "successor"].contains(authority.purpose) {
        #expect(authority.keyHome?.hasPrefix("pkcs11:token=Issuing;") == true, "\(authority.id)")
      }
      let verified = try await Program.touchmark.run(
        ["authority", "ceremony", "verify", "stick/transcript.signed", "--root", server.root], in: folder.path)
      #expect(verified.exit == 0 && verified.errors.contains("it has no approvers"), "\(verified.transcript)")
      await server.end()
    } catch {
      await server.end()
      throw error
    }
  }
}

import AuditLog
import Crypto
import TestKit
import Testing
import WireFormats

@Suite struct CheckpointTests {
  /// The example of C2SP tlog-checkpoint.
  static let example = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

  @Test func publishedExample() throws {
    let checkpoint = try Checkpoint(parsing: Self.example)
    #expect(checkpoint.origin == "example.com/behind-the-sofa")
    #expect(checkpoint.size == 20_852_163)
    #expect(Base64.encode(checkpoint.root) == "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    #expect(checkpoint.text == Self.example)
  }

  @Test func extensionLinesAreKept() throws {
    let checkpoint = try Checkpoint(parsing: Self.example + "later 1\nlater 2\n")
    #expect(checkpoint.extensions == ["later 1", "later 2"])
    #expect(checkpoint.text == Self.example + "later 1\nlater 2\n")
  }

  @Test(arguments: [
    "", "\n", "a\n1\n", String(example.dropLast()), "\n" + example, example + "\n", example + "x",
    example.replacing("20852163", with: "020852163"), example.replacing("20852163", with: "-1"),
    example.replacing("20852163", with: "+1"), example.replacing("20852163", with: "18446744073709551616"),
    example.replacing("q2I=", with: "q2I"), example.replacing("q2I=", with: "q2J="),
    example.replacing("CsUY", with: ""),
  ])
  func othersAreRefused(_ text: String) {
    #expect(throws: NoteError.malformed) { try Checkpoint(parsing: text) }
  }

  @Test func signedAndVerified() async throws {
    let log = try await SampleLog(entries: 30, interval: 10)
    let checkpoint = try Checkpoint.verify(log.checkpoints[2], keys: [log.key])
    #expect(checkpoint.size == 30)
    #expect(checkpoint.root == MerkleTree.root(log.rows.map(\.digest)))
    #expect(checkpoint.origin == Checkpoint.origin(organization: "acme", epoch: 1))
    let note = try SignedNote(parsing: log.checkpoints[2])
    #expect(note.signatures.map(\.name) == ["touchmark/acme/1"])
    let other = try await SampleLog(entries: 0, keySeed: 8)
    #expect(throws: NoteError.unsigned) { try Checkpoint.verify(log.checkpoints[2], keys: [other.key]) }
  }

  @Test func keysFromSubjectPublicKeyInfo() async throws {
    let log = try await SampleLog(entries: 0)
    let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
    #expect(NoteKey(name: log.key.name, subjectPublicKeyInfo: prefix + log.key.publicKey) == log.key)
    #expect(NoteKey(name: log.key.name, subjectPublicKeyInfo: prefix + log.key.publicKey + [0]) == nil)
    #expect(NoteKey(name: log.key.name, subjectPublicKeyInfo: log.key.publicKey) == nil)
  }

  /// No change of a signed checkpoint is believed to say something else.
  @Test func mutationsSayNothingElse() async throws {
    let log = try await SampleLog(entries: 10, interval: 10)
    let original = try Checkpoint.verify(log.checkpoints[0], keys: [log.key])
    for mutated in Mutations(of: Array(log.checkpoints[0].utf8), count: 2000) {
      let note = String(decoding: mutated, as: UTF8.self)
      guard let checkpoint = try? Checkpoint.verify(note, keys: [log.key]) else { continue }
      #expect(checkpoint == original)
    }
  }
}

import AuditLog
import Crypto
import Testing
import WireFormats

/// golang.org/x/mod/sumdb/note (its package example and note_test.go), and the example of C2SP signed-note.
@Suite struct SignedNoteTests {
  static let peter = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
  static let enoch = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
  static let example = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
  static let text = """
    If you think cryptography is the answer to your problem,
    then you don't know what your problem is.

    """
  static let peterLine =
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
  static let enochLine =
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
  static let exampleNote =
    "This is an example message.\n\n— example.com/foo "
    + "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"

  @Test(arguments: [peter, enoch, example]) func verifierKeys(_ text: String) throws {
    let key = try #require(NoteKey(text))
    #expect(key.description == text)
  }

  @Test(arguments: [
    "", "+", "PeterNeumann", "PeterNeumann+c74f20a3", peter.replacing("c74f20a3", with: "c74f20a4"),
    peter.replacing("PeterNeumann", with: "Peter Neumann"), peter.replacing("PeterNeumann", with: ""),
    peter.replacing("10TW", with: "10TX"), peter.replacing("ARpc", with: "BBpc"), String(peter.dropLast(4)),
  ])
  func otherKeysAreRefused(_ text: String) { #expect(NoteKey(text) == nil) }

  @Test func publishedNotes() throws {
    let (peter, enoch) = (try #require(NoteKey(Self.peter)), try #require(NoteKey(Self.enoch)))
    let example = try #require(NoteKey(Self.example))
    let note = try SignedNote(parsing: Self.text + "\n" + Self.peterLine)
    #expect(note.text == Self.text)
    try note.verify([peter])
    try note.verify([enoch, peter])
    #expect(throws: NoteError.unsigned) { try note.verify([enoch]) }
    #expect(throws: NoteError.unsigned) { try note.verify([]) }
    try SignedNote(parsing: Self.exampleNote).verify([example])
  }

  /// Ed25519 is deterministic: the same key gives the published line. The seed is that of the Go package's example.
  @Test func signsAsPublished() async throws {
    let encoded = try #require(Base64.decode(Array("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz".utf8)))
    let signer = try Curve25519.Signing.PrivateKey(rawRepresentation: encoded.dropFirst())
    let key = try #require(NoteKey(name: "PeterNeumann", publicKey: signer.publicKey.rawRepresentation))
    let note = try await SignedNote.sign(Self.text, as: key) { Array(try signer.signature(for: $0)) }
    // Apple's library randomizes Ed25519, so there only the verification is the same.
    #if os(Linux)
    #expect(note.description == Self.text + "\n" + Self.peterLine)
    #endif
    try note.verify([try #require(NoteKey(Self.peter))])
  }

  /// Lines of witnesses stay, whatever their kind, and are not needed.
  @Test func otherLinesAreKept() throws {
    let cosignature = "— witness.example/w1 \(Base64.encode([1, 2, 3, 4] + [UInt8](repeating: 4, count: 72)))\n"
    let text = Self.text + "\n" + cosignature + Self.peterLine + Self.enochLine
    let note = try SignedNote(parsing: text)
    #expect(note.signatures.map(\.name) == ["witness.example/w1", "PeterNeumann", "EnochRoot"])
    try note.verify([try #require(NoteKey(Self.peter)), try #require(NoteKey(Self.enoch))])
    #expect(note.description == text)
    let line = try #require(NoteSignature(line: String(cosignature.dropLast())))
    #expect(try SignedNote(parsing: Self.text + "\n" + Self.peterLine).adding(line).signatures.count == 2)
  }

  @Test func changedTextIsRefused() throws {
    let peter = try #require(NoteKey(Self.peter))
    let note = try SignedNote(parsing: Self.text.replacing("think", with: "thank") + "\n" + Self.peterLine)
    #expect(throws: NoteError.badSignature(name: "PeterNeumann")) { try note.verify([peter]) }
  }

  @Test(arguments: [
    "", "\n", "\n\n", text, text + "\n", text + "\n" + peterLine.dropLast(), text + peterLine,
    text + "\n" + peterLine + "\n", text + "\n" + peterLine.replacing("— ", with: "- "),
    text + "\n" + peterLine.replacing("x08g", with: "x0 8g"), text + "\n" + peterLine.replacing("AM=", with: "AM"),
    text + "\n" + peterLine.replacing("AM=", with: "AN="), text + "\n— x AAAA\n", "a\tb\n\n" + peterLine,
    text + "\n" + String(repeating: peterLine, count: 101), "\n" + peterLine,
  ])
  func malformedNotes(_ note: String) throws {
    #expect(throws: NoteError.self) {
      try SignedNote(parsing: note).verify([try #require(NoteKey(Self.peter))])
    }
  }
}

import WireFormats

/// Why octets are no note, or not one to believe.
public enum NoteError: Error, Hashable, Sendable {
  case malformed
  /// None of the given keys signed it.
  case unsigned
  /// A line claims to be by one of the given keys, by name, and is not.
  case badSignature(name: String)
}

/// A text with signatures (C2SP signed-note).
public struct SignedNote: Sendable, Hashable, CustomStringConvertible {
  /// The signed text; it ends in a line feed.
  public let text: String
  /// In their order. Lines of keys and kinds that are not known here, witnesses' for example, are kept.
  public private(set) var signatures: [NoteSignature]

  /// C2SP signed-note has no limit; no checkpoint comes near these.
  static let maximumSize = 1 << 20
  static let maximumSignatures = 100

  init(text: String, signatures: [NoteSignature]) { (self.text, self.signatures) = (text, signatures) }

  /// Signs by a closure, which gets the text's octets and returns 64 octets of Ed25519.
  public static func sign<E: Error>(
    _ text: String, as key: NoteKey, with signer: ([UInt8]) async throws(E) -> [UInt8]
  ) async throws(E) -> SignedNote {
    let signature = try await signer(Array(text.utf8))
    return SignedNote(
      text: text, signatures: [NoteSignature(name: key.name, keyHash: key.keyHash, signature: signature)])
  }

  /// A note of a signature that was made elsewhere.
  public init(signing text: String, as key: NoteKey, signature: [UInt8]) {
    self.init(
      text: text, signatures: [NoteSignature(name: key.name, keyHash: key.keyHash, signature: signature)])
  }

  // C2SP signed-note: the text, an empty line, signature lines.
  public init(parsing note: String) throws(NoteError) {
    let octets = Array(note.utf8)
    guard octets.count <= Self.maximumSize, octets.last == 0x0A,
      octets.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }), let split = Self.lastEmptyLine(octets)
    else { throw .malformed }
    text = String(decoding: octets[...split], as: UTF8.self)
    var signatures: [NoteSignature] = []
    for line in octets[(split + 2)...].dropLast().split(separator: 0x0A, omittingEmptySubsequences: false) {
      guard signatures.count < Self.maximumSignatures,
        let signature = NoteSignature(line: String(decoding: line, as: UTF8.self))
      else { throw .malformed }
      signatures.append(signature)
    }
    self.signatures = signatures
  }

  /// Where the text's own last line feed is: the last place with two in a row.
  private static func lastEmptyLine(_ octets: [UInt8]) -> Int? {
    guard octets.count >= 3 else { return nil }
    return (0..<octets.count - 2).last { octets[$0] == 0x0A && octets[$0 + 1] == 0x0A }
  }

  /// Checks every line that one of the keys signed, and ignores lines of other keys. Throws `unsigned` when there is no
  /// line of any.
  public func verify(_ keys: [NoteKey]) throws(NoteError) {
    var verified = 0
    for signature in signatures {
      guard let key = keys.first(where: { $0.name == signature.name && $0.keyHash == signature.keyHash }) else {
        continue
      }
      guard key.isValid(signature.signature, over: text) else { throw .badSignature(name: key.name) }
      verified += 1
    }
    guard verified > 0 else { throw .unsigned }
  }

  /// The keys, of these, that signed it. Throws `badSignature` for a line that claims one of them and is not by it.
  public func signers(among keys: [NoteKey]) throws(NoteError) -> [NoteKey] {
    var signers: [NoteKey] = []
    for signature in signatures {
      guard let key = keys.first(where: { $0.name == signature.name && $0.keyHash == signature.keyHash }) else {
        continue
      }
      guard key.isValid(signature.signature, over: text) else { throw .badSignature(name: key.name) }
      signers.append(key)
    }
    return signers
  }

  /// A text that nobody has signed yet.
  public init(unsigned text: String) { self.init(text: text, signatures: []) }

  /// With another line at the end: a witness's.
  public func adding(_ signature: NoteSignature) -> SignedNote {
    var note = self
    note.signatures.append(signature)
    return note
  }

  public var description: String { text + "\n" + signatures.map { "\($0)\n" }.joined() }
}

/// One signature line.
public struct NoteSignature: Sendable, Hashable, CustomStringConvertible {
  public let name: String
  /// 4 octets.
  public let keyHash: [UInt8]
  /// For Ed25519 64 octets; of other kinds whatever they have.
  public let signature: [UInt8]

  public init(name: String, keyHash: [UInt8], signature: [UInt8]) {
    (self.name, self.keyHash, self.signature) = (name, keyHash, signature)
  }

  /// Reads `— name base64`; nil otherwise.
  public init?(line: String) {
    let parts = line.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "—", NoteKey.isName(parts[1]),
      let octets = Base64.decode(Array(parts[2].utf8)), octets.count >= 5,
      Base64.encode(octets) == parts[2]
    else { return nil }
    self.init(name: String(parts[1]), keyHash: Array(octets.prefix(4)), signature: Array(octets.dropFirst(4)))
  }

  public var description: String { "— \(name) \(Base64.encode(keyHash + signature))" }
}

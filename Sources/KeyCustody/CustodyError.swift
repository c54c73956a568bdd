/// Why custody could not be made, opened or used. The text is for an operator and holds no secret.
public enum CustodyError: Error, Hashable, Sendable {
  /// A file could not be read or written: path and the system's reason.
  case fileFailed(path: String, reason: String)
  /// Others than its owner may read or enter it: path and permission bits.
  case permissionsTooWide(path: String, mode: UInt32)
  /// There is a store, or a key of this name, already; nothing is ever overwritten.
  case alreadyExists(String)
  /// The directory has no store header.
  case notAStore(directory: String)
  /// Written by another version of this program.
  case unsupportedVersion(path: String)
  /// The file ends early.
  case truncated(path: String)
  /// The file is not in the form that is documented, or its checksum is wrong.
  case damaged(path: String, what: String)
  /// The secret is right, and the file was altered after it was written.
  case tampered(path: String)
  /// The cost of scrypt that the header asks for is outside what is allowed.
  case costOutOfBounds(path: String, cost: String)
  /// The store is sealed under the other kind of secret: what it wants.
  case wrongKindOfSecret(directory: String, wanted: SecretKind)
  case wrongPassphrase(directory: String)
  case wrongMachineSecret(directory: String)
  case wrongOrganization(path: String, expected: String, found: String)
  case wrongPurpose(path: String, expected: String, found: String)
  /// The file was put in another's place: the name that it was sealed for.
  case swapped(path: String, found: String)
  /// The file was sealed in another store.
  case foreignStore(path: String)
  case missingKey(name: String, directory: String)
  /// A key's or purpose's name is not made of 1 to 64 of `a-z`, `0-9`, `.`, `_` and `-`, beginning with one of the
  /// first two; or an organization is not 1 to 256 octets without control characters.
  case badName(String)
  case emptySecret(source: String)
  /// A passphrase that somebody chose for what is being sealed.
  case shortPassphrase(octets: Int, least: Int)
  /// No passphrase file, no credential and no terminal: the environment variable that would name a file.
  case noSecretSource(variable: String)
  /// What was typed twice differs.
  case passphrasesDiffer
  case tooLarge(path: String)
  /// A key lives on a token that this process was not told of: its URI.
  case noToken(String)
  /// A token did not make or show a key: why, and what to do.
  case token(String)
  /// The cryptography library refused: what was tried.
  case cryptographyFailed(String)
}

/// What a store is sealed under.
public enum SecretKind: String, Sendable, Hashable, CaseIterable {
  /// Typed or handed over at each start; stretched by scrypt.
  case passphrase
  /// 256 random bits in a file on the same machine; who can read the disk can open the store.
  case machineLocal = "machine-local"
}

extension CustodyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .fileFailed(let path, let reason): "\(path): \(reason)"
    case .permissionsTooWide(let path, let mode):
      "\(path) is open to others than its owner (mode \(String(mode, radix: 8))); run chmod go= on it"
    case .alreadyExists(let path): "\(path) exists already and is not overwritten"
    case .notAStore(let directory): "\(directory) holds no sealed keys: its file \(StoreHeader.fileName) is missing"
    case .unsupportedVersion(let path): "\(path) was written by another version of touchmark"
    case .truncated(let path): "\(path) is truncated"
    case .damaged(let path, let what): "\(path) is damaged: \(what)"
    case .tampered(let path): "\(path) was altered after it was sealed"
    case .costOutOfBounds(let path, let cost): "\(path) asks for \(cost), which is outside what is allowed"
    case .wrongKindOfSecret(let directory, let wanted): "\(directory) is sealed under a \(wanted.rawValue) secret"
    case .wrongPassphrase(let directory): "wrong passphrase for \(directory)"
    case .wrongMachineSecret(let directory): "\(directory) was sealed under another machine secret"
    case .wrongOrganization(let path, let expected, let found):
      "\(path) belongs to organization \(found), not to \(expected)"
    case .wrongPurpose(let path, let expected, let found): "\(path) is sealed for \(found), not for \(expected)"
    case .swapped(let path, let found): "\(path) holds another key: it was sealed as \(found)"
    case .foreignStore(let path): "\(path) was sealed in another store"
    case .missingKey(let name, let directory): "\(directory) has no key \(name)"
    case .badName(let name): "\(name) is no name for a key, a purpose or an organization"
    case .emptySecret(let source): "\(source) holds no secret"
    case .shortPassphrase(let octets, let least):
      "a passphrase of \(octets) octets is soon guessed: choose one of \(least) or more"
    case .noSecretSource(let variable):
      "a passphrase is needed: name a file that holds it in \(variable), or start on a terminal"
    case .passphrasesDiffer: "the two passphrases differ"
    case .tooLarge(let path): "\(path) is larger than anything that is sealed here"
    case .noToken(let uri): "\(uri) names a token that is not configured: add its URI under tokens: in touchmark.yaml"
    case .token(let why): why
    case .cryptographyFailed(let what): "\(what) failed in the cryptography library"
    }
  }
}

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension SecretSource {
  static let maximumPassphrase = 4096
  /// Whoever has the file tries passphrases on machines of their own: scrypt makes a guess dear, and cannot make a short
  /// one long.
  static let shortestPassphrase = 12

  /// Gets the secret, making the machine-local one when `creating` and there is none. Blocks: see `obtained`.
  ///
  /// - Parameter creating: Asks twice on a terminal, and refuses a short passphrase.
  public func obtain(creating: Bool) throws(CustodyError) -> UnsealingSecret {
    let secret = try obtainAny(creating: creating)
    if creating, case .passphrase(let passphrase) = secret, passphrase.count < Self.shortestPassphrase {
      throw .shortPassphrase(octets: passphrase.count, least: Self.shortestPassphrase)
    }
    return secret
  }

  private func obtainAny(creating: Bool) throws(CustodyError) -> UnsealingSecret {
    switch self {
    case .passphraseFile(let path, _), .credential(let path): .passphrase(try Self.passphrase(inFile: path))
    case .terminal(let noun):
      .passphrase(try TerminalPrompt(input: STDIN_FILENO, output: STDERR_FILENO).ask(for: noun, twice: creating))
    case .machineLocal(let path): .machineLocal(try Self.machineSecret(path, creating: creating))
    }
  }

  /// `obtain` on a thread of its own.
  public func obtained(creating: Bool) async throws(CustodyError) -> UnsealingSecret {
    try await OwnThread.run { () throws(CustodyError) in try obtain(creating: creating) }
  }

  /// The file's octets without one line end at the end. Its mode is its owner's affair: service managers hand over
  /// files that a group can read.
  private static func passphrase(inFile path: String) throws(CustodyError) -> SecretBytes {
    guard let octets = try DurableFile.read(path, limit: maximumPassphrase, mustBePrivate: false) else {
      throw .fileFailed(path: path, reason: "no such file")
    }
    let passphrase = octets.withBytes { octets in
      var end = octets.count
      if end > 0, octets[end - 1] == 0x0A { end -= 1 }
      if end > 0, end < octets.count, octets[end - 1] == 0x0D { end -= 1 }
      return SecretBytes(copying: octets[..<end])
    }
    guard !passphrase.isEmpty else { throw .emptySecret(source: path) }
    return passphrase
  }

  private static func machineSecret(_ path: String, creating: Bool) throws(CustodyError) -> SecretBytes {
    if let secret = try DurableFile.read(path, limit: 32) {
      guard secret.count == 32 else { throw secret.count < 32 ? .truncated(path: path) : .tooLarge(path: path) }
      return secret
    }
    guard creating, let slash = path.lastIndex(of: "/") else {
      throw .fileFailed(path: path, reason: "no such file")
    }
    let secret = SecretBytes.random(count: 32)
    try DurableFile.create(secret, in: String(path[..<slash]), name: String(path[path.index(after: slash)...]))
    return secret
  }
}

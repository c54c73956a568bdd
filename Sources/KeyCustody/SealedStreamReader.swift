import WireFormats

/// Reads what a `SealedStreamWriter` wrote. Nothing is handed out before it was authenticated; that the file is whole is
/// known only when `read` has given nil. All calls block. Not for several threads.
public final class SealedStreamReader {
  private let file: DurableFile.Reading
  private let keys: SealedStream.Keys
  private let path: String
  private var index: UInt64 = 0
  private var sealed: [UInt8]?

  /// - Throws: `wrongPassphrase`, `truncated`, `damaged`, `unsupportedVersion`, `costOutOfBounds` or `fileFailed`.
  public convenience init(opening path: String, passphrase: SecretBytes) throws(CustodyError) {
    try self.init(opening: path, passphrase: passphrase, bounds: .standard)
  }

  package init(opening path: String, passphrase: SecretBytes, bounds: ScryptBounds) throws(CustodyError) {
    self.path = path
    file = try DurableFile.Reading(path)
    let header = try file.read(SealedStream.headerSize)
    let (cost, salt) = try Self.parse(header, path: path, bounds: bounds)
    keys = try SealedStream.Keys(passphrase: passphrase, cost: cost, salt: salt)
    guard ConstantTime.areEqual(keys.verifier, header.suffix(SealedStream.verifierSize)) else {
      throw .wrongPassphrase(directory: path)
    }
    sealed = try nextSealed()
    if sealed == nil { throw .truncated(path: path) }
  }

  private static func parse(
    _ header: [UInt8], path: String, bounds: ScryptBounds
  ) throws(CustodyError) -> (ScryptCost, salt: [UInt8]) {
    guard header.starts(with: SealedStream.magic.prefix(header.count)) else {
      throw .damaged(path: path, what: "it does not begin as a sealed file does")
    }
    guard header.count == SealedStream.headerSize else { throw .truncated(path: path) }
    guard header[8] == SealedStream.version else { throw .unsupportedVersion(path: path) }
    let cost = ScryptCost(exponent: Int(header[9]), blockSize: Int(header[10]), parallelism: Int(header[11]))
    guard bounds.allow(cost) else {
      throw .costOutOfBounds(path: path, cost: StoreHeader.Derivation.scrypt(cost).text)
    }
    return (cost, Array(header[12..<SealedStream.fixedHeaderSize]))
  }

  /// The next part, of at most 64 KiB; nil at the end, when the file is known to be whole.
  ///
  /// - Throws: `tampered` for a chunk that was changed or stands elsewhere than it was written, `truncated` where the
  ///   end is missing.
  public func read() throws(CustodyError) -> [UInt8]? {
    guard let current = sealed else { return nil }
    let next = try nextSealed()
    let isLast = next == nil
    guard let plaintext = keys.open(current, at: index, isLast: isLast) else {
      // Sealed as one that others follow, and none does: the file was cut between chunks.
      if isLast, keys.open(current, at: index, isLast: false) != nil { throw .truncated(path: path) }
      if !isLast, keys.open(current, at: index, isLast: true) != nil {
        throw .damaged(path: path, what: "octets follow its end")
      }
      throw .tampered(path: path)
    }
    index += 1
    sealed = next
    return plaintext
  }

  private func nextSealed() throws(CustodyError) -> [UInt8]? {
    let octets = try file.read(SealedStream.chunkSize + SealedStream.tagSize)
    return octets.isEmpty ? nil : octets
  }
}

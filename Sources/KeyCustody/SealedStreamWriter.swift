import Crypto
import WireFormats

/// Writes a file under a passphrase, chunk by chunk: what waits in memory is one chunk, however large the file becomes.
///
/// The file has its name only after `finish`, durably; a crash before leaves `.NAME.<random>.tmp`, which nothing reads.
/// All calls block. Not for several threads.
public final class SealedStreamWriter {
  private let file: DurableFile.Growing
  private let keys: SealedStream.Keys
  private var pending: [UInt8] = []
  private var index: UInt64 = 0
  private var digest = SHA256()
  private var size: Int64 = 0

  /// What was written.
  public struct Written: Sendable, Hashable {
    /// Octets.
    public let size: Int64
    /// SHA-256 of the file.
    public let digest: [UInt8]
  }

  /// Throws `alreadyExists` for a path that is taken. scrypt takes half a second and 128 MiB.
  public convenience init(creating path: String, passphrase: SecretBytes) throws(CustodyError) {
    try self.init(creating: path, passphrase: passphrase, bounds: .standard)
  }

  package init(creating path: String, passphrase: SecretBytes, bounds: ScryptBounds) throws(CustodyError) {
    file = try DurableFile.Growing(path)
    let salt = SecretBytes.random(count: SealedStream.saltSize).withBytes { Array($0) }
    keys = try SealedStream.Keys(passphrase: passphrase, cost: bounds.cost, salt: salt)
    pending.reserveCapacity(SealedStream.chunkSize * 2)
    try put(SealedStream.fixedHeader(cost: bounds.cost, salt: salt) + keys.verifier)
  }

  public func write(_ octets: some Collection<UInt8>) throws(CustodyError) {
    var rest = octets[...]
    while !rest.isEmpty {
      // A full chunk waits until more comes: the last one is marked as such.
      if pending.count == SealedStream.chunkSize { try flush(isLast: false) }
      let part = rest.prefix(SealedStream.chunkSize - pending.count)
      pending.append(contentsOf: part)
      rest = rest.dropFirst(part.count)
    }
  }

  /// Marks the end, and gives the file its name.
  public func finish() throws(CustodyError) -> Written {
    try flush(isLast: true)
    try file.finish()
    return Written(size: size, digest: Array(digest.finalize()))
  }

  private func flush(isLast: Bool) throws(CustodyError) {
    let sealed = try keys.seal(pending, at: index, isLast: isLast)
    SecretBytes.wipe(&pending)
    pending.reserveCapacity(SealedStream.chunkSize)
    index += 1
    try put(sealed)
  }

  private func put(_ octets: [UInt8]) throws(CustodyError) {
    try file.append(octets)
    digest.update(data: octets)
    size += Int64(octets.count)
  }
}

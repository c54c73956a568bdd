import Crypto
import WireFormats

/// The form of a large file under a passphrase (docs/backup.md, The file): a header, then chunks of 64 KiB, each under
/// AES-256-GCM with its place in its nonce, so that none can be changed, moved, left out, repeated or added.
enum SealedStream {
  static let magic = Array("TMSTREAM".utf8)
  static let version: UInt8 = 1
  static let saltSize = 32
  static let verifierSize = 32
  /// Magic, version, log2 N, r, p, salt.
  static let fixedHeaderSize = 8 + 4 + saltSize
  static let headerSize = fixedHeaderSize + verifierSize
  static let chunkSize = 64 * 1024
  static let tagSize = 16

  /// What comes out of the passphrase, once a file.
  struct Keys {
    private let chunks: SymmetricKey
    let verifier: [UInt8]
    /// Authenticated with each chunk, so that a header cannot be another's.
    private let header: [UInt8]

    init(passphrase: SecretBytes, cost: ScryptCost, salt: [UInt8]) throws(CustodyError) {
      // The library traps on an empty passphrase.
      guard !passphrase.isEmpty else { throw .emptySecret(source: "the passphrase") }
      let root = try cost.key(from: passphrase, salt: salt)
      chunks = Self.expand(root, "chunks")
      verifier = Self.expand(root, "verifier").withUnsafeBytes { Array($0) }
      header = SealedStream.fixedHeader(cost: cost, salt: salt)
    }

    private static func expand(_ root: SymmetricKey, _ use: String) -> SymmetricKey {
      HKDF<SHA256>.expand(pseudoRandomKey: root, info: Array("touchmark/stream/1/\(use)".utf8), outputByteCount: 32)
    }

    func seal(_ plaintext: [UInt8], at index: UInt64, isLast: Bool) throws(CustodyError) -> [UInt8] {
      do {
        let nonce = try AES.GCM.Nonce(data: SealedStream.nonce(index, isLast: isLast))
        let box = try AES.GCM.seal(plaintext, using: chunks, nonce: nonce, authenticating: header)
        return Array(box.ciphertext) + Array(box.tag)
      } catch {
        throw .cryptographyFailed("sealing")
      }
    }

    /// Nil when it is not what was sealed at this place.
    func open(_ sealed: [UInt8], at index: UInt64, isLast: Bool) -> [UInt8]? {
      guard sealed.count >= SealedStream.tagSize,
        let nonce = try? AES.GCM.Nonce(data: SealedStream.nonce(index, isLast: isLast)),
        let box = try? AES.GCM.SealedBox(
          nonce: nonce, ciphertext: sealed.dropLast(SealedStream.tagSize), tag: sealed.suffix(SealedStream.tagSize)),
        let plaintext = try? AES.GCM.open(box, using: chunks, authenticating: header)
      else { return nil }
      return Array(plaintext)
    }
  }

  /// 8 octets of place, big-endian, three of zero, and whether it is the last. The key is the file's own, so nonces
  /// never meet.
  private static func nonce(_ index: UInt64, isLast: Bool) -> [UInt8] {
    withUnsafeBytes(of: index.bigEndian) { Array($0) } + [0, 0, 0, isLast ? 1 : 0]
  }

  static func fixedHeader(cost: ScryptCost, salt: [UInt8]) -> [UInt8] {
    magic
      + [
        version, UInt8(clamping: cost.exponent), UInt8(clamping: cost.blockSize), UInt8(clamping: cost.parallelism),
      ] + salt
  }
}

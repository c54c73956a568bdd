import Crypto
import WireFormats
import _CryptoExtras

/// id-alg-PWRI-KEK (RFC 3211 §2.3) with AES-CBC: the key, its length and a check of three octets, padded to whole blocks
/// and encrypted twice.
struct PasswordKeyWrap: Sendable {
  /// Octets of the wrapping key.
  let keySize: Int
  private let vector: [UInt8]

  static let identifier = ObjectIdentifier([1, 2, 840, 113549, 1, 9, 16, 3, 9])
  private static let blockSize = 16

  init(keySize: Int, vector: [UInt8]) {
    self.keySize = keySize
    self.vector = vector
  }

  /// From the parameters: AES-CBC's own AlgorithmIdentifier. Nil for another cipher.
  init?(reading algorithm: inout DERReader) throws {
    var cipher = try algorithm.readSequence()
    let identifier = try cipher.readObjectIdentifier()
    guard let known = Self.ciphers.first(where: { $0.identifier == identifier }) else { return nil }
    keySize = known.keySize
    vector = Array(try cipher.readOctetString())
    guard vector.count == Self.blockSize else { throw DERError.badString }
  }

  private static let ciphers: [ContentEncryption] = [.aes128CBC, .aes256CBC]

  func wrap(_ key: SymmetricKey, under wrapping: SymmetricKey) throws -> [UInt8] {
    var block = key.withUnsafeBytes { key in
      [UInt8(key.count)] + key.prefix(3).map { ~$0 } + Array(key)
    }
    // RFC 3211 §2.3.1: at least two blocks, padded at random.
    let blocks = max(2, (block.count + Self.blockSize - 1) / Self.blockSize)
    block += SymmetricKey(size: .bits256).withUnsafeBytes { Array($0.prefix(blocks * Self.blockSize - block.count)) }
    let once = try encrypt(block, wrapping, vector)
    return try encrypt(once, wrapping, Array(once.suffix(Self.blockSize)))
  }

  /// Nil when the check fails, as it does under another password.
  func unwrap(_ wrapped: [UInt8], under wrapping: SymmetricKey, size: Int) -> SymmetricKey? {
    guard wrapped.count >= 2 * Self.blockSize, wrapped.count <= 8 * Self.blockSize,
      wrapped.count % Self.blockSize == 0, let block = twiceDecrypted(wrapped, wrapping)
    else { return nil }
    let key = block.dropFirst(4)
    guard block[0] == UInt8(size), key.count >= size else { return nil }
    // RFC 3211 §2.3.2: the check is the complement of the key's first octets.
    let check = (1...3).reduce(UInt8(0)) { $0 | (block[$1] ^ ~block[$1 + 3]) }
    return check == 0 ? SymmetricKey(data: key.prefix(size)) : nil
  }

  /// The last block, decrypted with the one before it, is the second pass' vector.
  private func twiceDecrypted(_ wrapped: [UInt8], _ wrapping: SymmetricKey) -> [UInt8]? {
    let body = Array(wrapped.dropLast(Self.blockSize))
    let last = Array(wrapped.suffix(Self.blockSize))
    guard let lastOnce = decrypt(last, wrapping, Array(body.suffix(Self.blockSize))),
      let bodyOnce = decrypt(body, wrapping, lastOnce)
    else { return nil }
    return decrypt(bodyOnce + lastOnce, wrapping, vector)
  }

  private func encrypt(_ block: [UInt8], _ key: SymmetricKey, _ vector: [UInt8]) throws -> [UInt8] {
    Array(try AES._CBC.encrypt(block, using: key, iv: AES._CBC.IV(ivBytes: vector), noPadding: true))
  }

  private func decrypt(_ block: [UInt8], _ key: SymmetricKey, _ vector: [UInt8]) -> [UInt8]? {
    guard let initial = try? AES._CBC.IV(ivBytes: vector) else { return nil }
    return (try? AES._CBC.decrypt(block, using: key, iv: initial, noPadding: true)).map(Array.init)
  }

  func write(to writer: inout DERWriter) {
    writer.sequence {
      $0.objectIdentifier(Self.identifier)
      $0.sequence {
        $0.objectIdentifier((keySize == 16 ? ContentEncryption.aes128CBC : .aes256CBC).identifier)
        $0.octetString(vector)
      }
    }
  }
}

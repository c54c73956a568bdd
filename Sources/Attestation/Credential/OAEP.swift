/// EME-OAEP (RFC 8017 §7.1.1) with a label, which the cryptography library does not offer; TPM 2.0 Part 1 §B.4.
enum OAEP {
  /// - Parameters:
  ///   - length: Octets of the modulus.
  ///   - seed: As many random octets as the hash has.
  /// - Returns: The encoded message, as long as the modulus; nil when the message does not fit.
  static func encode(
    _ message: [UInt8], label: [UInt8], hash: TPMHashAlgorithm, length: Int, seed: [UInt8]
  ) -> [UInt8]? {
    let room = length - message.count - 2 * hash.size - 2
    guard room >= 0, seed.count == hash.size else { return nil }
    let block = hash.digest(label) + [UInt8](repeating: 0, count: room) + [1] + message
    let masked = exclusiveOr(block, mask(seed, count: block.count, hash: hash))
    return [0] + exclusiveOr(seed, mask(masked, count: seed.count, hash: hash)) + masked
  }

  /// MGF1 (RFC 8017 §B.2.1).
  private static func mask(_ seed: [UInt8], count: Int, hash: TPMHashAlgorithm) -> [UInt8] {
    var result: [UInt8] = []
    var counter: UInt32 = 0
    while result.count < count {
      let number = counter
      result += hash.digest(seed + TPMWriter.build { $0.integer(number) })
      counter += 1
    }
    return Array(result.prefix(count))
  }

  private static func exclusiveOr(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] { zip(left, right).map { $0 ^ $1 } }
}

import Crypto
import _CryptoExtras

/// scrypt's parameters (RFC 7914 §2).
///
/// With r = 8 the memory is N KiB: 128 MiB for N = 2^17, in about 0.6 s.
struct ScryptCost: Hashable, Sendable {
  /// N is 2 to this.
  let exponent: Int
  let blockSize: Int
  let parallelism: Int

  static let standard = ScryptCost(exponent: 17, blockSize: 8, parallelism: 1)

  func key(from passphrase: SecretBytes, salt: [UInt8]) throws(CustodyError) -> SymmetricKey {
    do {
      return try passphrase.withBytes { octets in
        try KDF.Scrypt.deriveKey(
          from: octets, salt: salt, outputByteCount: 32, rounds: 1 << exponent, blockSize: blockSize,
          parallelism: parallelism)
      }
    } catch {
      throw .cryptographyFailed("scrypt")
    }
  }
}

/// What a header may ask for. Less would make guessing cheap; more would let a changed header exhaust the machine.
package struct ScryptBounds: Sendable {
  let exponents: ClosedRange<Int>
  /// What a new store gets.
  let cost: ScryptCost

  /// N from 2^17 to 2^20 (1 GiB).
  package static let standard = ScryptBounds(exponents: 17...20, cost: .standard)

  /// Cheap, so that hundreds of tests can open stores. Only tests call it: no file, variable or option leads here.
  package static let forTests = ScryptBounds(
    exponents: 4...20, cost: ScryptCost(exponent: 4, blockSize: 8, parallelism: 1))

  func allow(_ cost: ScryptCost) -> Bool {
    exponents.contains(cost.exponent) && cost.blockSize == 8 && cost.parallelism == 1
  }
}

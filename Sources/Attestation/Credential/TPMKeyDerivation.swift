import Crypto
import WireFormats

/// The key derivations of TPM 2.0 Part 1 §11.4.10.
enum TPMKeyDerivation {
  /// KDFa (§11.4.10.2): SP 800-108 in counter mode over HMAC.
  static func a(
    _ hash: TPMHashAlgorithm, key: [UInt8], label: String, contextU: [UInt8] = [], contextV: [UInt8] = [], bits: Int
  ) -> [UInt8] {
    derive(hash, octets: bits / 8) { counter in
      hash.authenticate(
        counter + Array(label.utf8) + [0] + contextU + contextV
          + TPMWriter.build { $0.integer(UInt32(truncatingIfNeeded: bits)) },
        key: key)
    }
  }

  /// KDFe (§11.4.10.3): SP 800-56A over a shared point's x.
  static func e(
    _ hash: TPMHashAlgorithm, shared: [UInt8], label: String, partyU: [UInt8], partyV: [UInt8], bits: Int
  ) -> [UInt8] {
    derive(hash, octets: bits / 8) { counter in
      hash.digest(counter + shared + Array(label.utf8) + [0] + partyU + partyV)
    }
  }

  private static func derive(_ hash: TPMHashAlgorithm, octets: Int, block: ([UInt8]) -> [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var counter: UInt32 = 0
    while result.count < octets {
      counter += 1
      result += block(TPMWriter.build { $0.integer(counter) })
    }
    return Array(result.prefix(octets))
  }
}

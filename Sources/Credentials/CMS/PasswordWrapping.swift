import Crypto
import WireFormats
import _CryptoExtras

/// How a key that was derived from a password encrypts a content key.
public enum PasswordWrap: Hashable, Sendable {
  /// id-alg-PWRI-KEK (RFC 3211 §2.3), which S/MIME's and SCEP's clients know.
  case doubled
  /// AES key wrap, which CMP's algorithms are (RFC 9481 §4.3.1).
  case keyWrap
}

/// The same with its key's size and parameters.
enum PasswordWrapping: Sendable {
  case doubled(PasswordKeyWrap)
  case keyWrap(KeyWrap)

  /// From an AlgorithmIdentifier; nil for another algorithm.
  init?(_ identifier: ObjectIdentifier, parameters: inout DERReader) throws {
    if identifier == PasswordKeyWrap.identifier {
      guard let wrap = try PasswordKeyWrap(reading: &parameters) else { return nil }
      self = .doubled(wrap)
    } else {
      guard let wrap = KeyWrap.allCases.first(where: { $0.identifier == identifier }) else { return nil }
      self = .keyWrap(wrap)
    }
  }

  init(_ kind: PasswordWrap, keySize: Int) {
    switch kind {
    case .doubled: self = .doubled(PasswordKeyWrap(keySize: keySize, vector: Array(AES._CBC.IV())))
    case .keyWrap: self = .keyWrap(keySize > 16 ? .aes256 : .aes128)
    }
  }

  /// Octets of the wrapping key.
  var keySize: Int {
    switch self {
    case .doubled(let wrap): wrap.keySize
    case .keyWrap(let wrap): wrap.keySize
    }
  }

  var identifier: ObjectIdentifier {
    switch self {
    case .doubled: PasswordKeyWrap.identifier
    case .keyWrap(let wrap): wrap.identifier
    }
  }

  func wrap(_ key: SymmetricKey, under wrapping: SymmetricKey) throws -> [UInt8] {
    switch self {
    case .doubled(let wrap): try wrap.wrap(key, under: wrapping)
    case .keyWrap: Array(try AES.KeyWrap.wrap(key, using: wrapping))
    }
  }

  /// Nil when the check fails, as it does under another password.
  func unwrap(_ wrapped: [UInt8], under wrapping: SymmetricKey, size: Int) -> SymmetricKey? {
    switch self {
    case .doubled(let wrap): return wrap.unwrap(wrapped, under: wrapping, size: size)
    case .keyWrap:
      let key = try? AES.KeyWrap.unwrap(wrapped, using: wrapping)
      return key?.bitCount == size * 8 ? key : nil
    }
  }

  func write(to writer: inout DERWriter) {
    switch self {
    case .doubled(let wrap): wrap.write(to: &writer)
    case .keyWrap(let wrap): writer.raw(wrap.algorithmIdentifier)
    }
  }
}

import Crypto
import WireFormats
import _CryptoExtras

/// Protection under a shared secret: PBM (RFC 9810 §5.1.3.1, RFC 9481 §6.1.1) or PBMAC1 (RFC 9481 §6.1.2, RFC 8018).
struct PasswordProtection: Sendable {
  enum Derivation: Sendable {
    /// OWF applied so many times to secret and salt.
    case passwordBasedMac(DigestAlgorithm)
    /// PBKDF2 with this pseudorandom function.
    case pbkdf2(MACAlgorithm, keyLength: Int)
  }

  let derivation: Derivation
  let iterations: Int
  let mac: MACAlgorithm
  let salt: [UInt8]
  /// The AlgorithmIdentifier's octets before and after the salt, so that an answer says the same with a salt of its own.
  private let encoded: [UInt8]

  static let passwordBasedMac = ObjectIdentifier([1, 2, 840, 113533, 7, 66, 13])
  static let pbmac1 = ObjectIdentifier([1, 2, 840, 113549, 1, 5, 14])
  private static let pbkdf2 = ObjectIdentifier([1, 2, 840, 113549, 1, 5, 12])

  /// RFC 9810 §5.1.3.1 asks for at least 100. What a stranger can make this server compute ends here: secrets are 256
  /// random bits, which no number of rounds makes better.
  static let iterationRange = 100...10_000
  private static let saltRange = 8...128

  /// Nil for another algorithm than these.
  /// - Throws: `badAlg` for parameters that are not taken.
  init?(algorithmIdentifier encoded: [UInt8]) throws(PKIStatusInfo) {
    do throws(DERError) {
      var outer = DERReader(encoded)
      var fields = try outer.readSequence()
      let identifier = try fields.readObjectIdentifier()
      switch identifier {
      case Self.passwordBasedMac:
        var parameters = try fields.readSequence()
        salt = Array(try parameters.readOctetString())
        guard let function = DigestAlgorithm(try Self.algorithm(&parameters)) else {
          throw DERError.badObjectIdentifier
        }
        derivation = .passwordBasedMac(function)
        iterations = try parameters.readSmallInteger()
        guard let mac = MACAlgorithm(try Self.algorithm(&parameters)) else { throw DERError.badObjectIdentifier }
        self.mac = mac
        try parameters.finish()
      case Self.pbmac1:
        var parameters = try fields.readSequence()
        let derived = try Self.derivation(&parameters)
        (derivation, salt, iterations) = (derived.derivation, derived.salt, derived.iterations)
        guard let mac = MACAlgorithm(try Self.algorithm(&parameters)) else { throw DERError.badObjectIdentifier }
        self.mac = mac
        try parameters.finish()
      default: return nil
      }
      try fields.finish()
    } catch {
      throw .rejection(.badAlg, "the protection's parameters are not taken here", detail: "\(error)")
    }
    self.encoded = encoded
    guard iterations >= Self.iterationRange.lowerBound, rounds <= Self.iterationRange.upperBound else {
      throw .rejection(
        .badAlg,
        "iterations are \(Self.iterationRange.lowerBound) to \(Self.iterationRange.upperBound) here, "
          + "for each block of the key; half of that with SHA-512")
    }
    guard Self.saltRange.contains(salt.count) else {
      throw .rejection(.badAlg, "a salt is \(Self.saltRange.lowerBound) to \(Self.saltRange.upperBound) octets here")
    }
  }

  private init(_ other: PasswordProtection, salt: [UInt8], encoded: [UInt8]) {
    (derivation, iterations, mac) = (other.derivation, other.iterations, other.mac)
    (self.salt, self.encoded) = (salt, encoded)
  }

  /// What deriving costs, in rounds of SHA-256.
  private var rounds: Int {
    guard iterations <= Self.iterationRange.upperBound, case .pbkdf2(let function, let length) = derivation else {
      return iterations
    }
    let blocks = (length + function.size - 1) / function.size
    return iterations * blocks * (function.size > 32 ? 2 : 1)
  }

  /// AlgorithmIdentifier, DER.
  var algorithmIdentifier: [UInt8] { encoded }

  /// The same parameters with another salt of the same length.
  func salted(_ fresh: [UInt8]) -> PasswordProtection {
    // The salt is an OCTET STRING of its own, and the first place where its octets stand is that one.
    guard fresh.count == salt.count, let range = encoded.firstRange(of: salt) else { return self }
    var copy = encoded
    copy.replaceSubrange(range, with: fresh)
    return PasswordProtection(self, salt: fresh, encoded: copy)
  }

  func key(_ secret: [UInt8]) -> [UInt8] {
    switch derivation {
    case .passwordBasedMac(let function):
      return switch function {
      case .sha256: Self.iterated(SHA256.self, secret + salt, iterations)
      case .sha384: Self.iterated(SHA384.self, secret + salt, iterations)
      case .sha512: Self.iterated(SHA512.self, secret + salt, iterations)
      }
    case .pbkdf2(let function, let length):
      let hash: KDF.Insecure.PBKDF2.HashFunction =
        switch function {
        case .sha1: .insecureSHA1
        case .sha256: .sha256
        case .sha384: .sha384
        case .sha512: .sha512
        }
      let key = try? KDF.Insecure.PBKDF2.deriveKey(
        from: secret, salt: salt, using: hash, outputByteCount: length, unsafeUncheckedRounds: iterations)
      // Deriving fails for no parameters that were let in; were it to, nothing verifies under 32 random octets.
      return (key ?? SymmetricKey(size: .bits256)).withUnsafeBytes { Array($0) }
    }
  }

  private static func iterated<Function: HashFunction>(
    _: Function.Type, _ first: [UInt8], _ count: Int
  ) -> [UInt8] {
    var digest = Function.hash(data: first)
    for _ in 1..<max(count, 1) {
      digest = digest.withUnsafeBytes { octets in
        var next = Function()
        next.update(bufferPointer: octets)
        return next.finalize()
      }
    }
    return Array(digest)
  }

  /// An AlgorithmIdentifier whose parameters are absent or NULL.
  private static func algorithm(_ reader: inout DERReader) throws(DERError) -> ObjectIdentifier {
    var fields = try reader.readSequence()
    let identifier = try fields.readObjectIdentifier()
    _ = try fields.readOptional(DERTag.null)
    try fields.finish()
    return identifier
  }

  /// RFC 8018 §A.2: PBKDF2-params, with the salt stated.
  private static func derivation(
    _ reader: inout DERReader
  ) throws(DERError) -> (derivation: Derivation, salt: [UInt8], iterations: Int) {
    var scheme = try reader.readSequence()
    guard try scheme.readObjectIdentifier() == pbkdf2 else { throw .badObjectIdentifier }
    var fields = try scheme.readSequence()
    try scheme.finish()
    let salt = Array(try fields.readOctetString())
    let iterations = try fields.readSmallInteger()
    let length = fields.nextTag == DERTag.integer ? try fields.readSmallInteger() : 32
    guard (16...64).contains(length) else { throw .badInteger }
    // DEFAULT is HMAC-SHA-1.
    var function = MACAlgorithm.sha1
    if !fields.isAtEnd {
      guard let stated = MACAlgorithm(try algorithm(&fields)) else { throw .badObjectIdentifier }
      function = stated
    }
    try fields.finish()
    return (.pbkdf2(function, keyLength: length), salt, iterations)
  }
}

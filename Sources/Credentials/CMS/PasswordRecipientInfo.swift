import Crypto
import WireFormats
import _CryptoExtras

/// `PasswordRecipientInfo ::= SEQUENCE { version (0), keyDerivationAlgorithm [0] OPTIONAL, keyEncryptionAlgorithm,
/// encryptedKey }` (RFC 5652 §6.2.4) with PBKDF2 (RFC 8018) and one of two key wraps.
struct PasswordRecipientInfo: Sendable {
  /// Nil when it is not one that is taken here.
  private let derivation: PasswordDerivation?
  private let wrap: PasswordWrapping?
  private let wrapIdentifier: ObjectIdentifier
  private let encryptedKey: [UInt8]

  init(_ element: DERElement) throws {
    var fields = element.reader
    _ = try fields.readSmallInteger()
    derivation = try fields.readOptional(DERTag.contextConstructed(0)).flatMap { try PasswordDerivation($0) }
    var algorithm = try fields.readSequence()
    wrapIdentifier = try algorithm.readObjectIdentifier()
    wrap = try PasswordWrapping(wrapIdentifier, parameters: &algorithm)
    encryptedKey = Array(try fields.readOctetString())
    try fields.finish()
  }

  init(sealing key: SymmetricKey, under password: [UInt8], iterations: Int, _ kind: PasswordWrap) throws {
    let derivation = PasswordDerivation(iterations: iterations)
    let wrap = PasswordWrapping(kind, keySize: key.bitCount > 128 ? 32 : 16)
    encryptedKey = try wrap.wrap(key, under: try derivation.key(password, size: wrap.keySize))
    wrapIdentifier = wrap.identifier
    self.derivation = derivation
    self.wrap = wrap
  }

  /// Nil when it was not this password.
  func contentKey(_ password: [UInt8], size: Int, maximumIterations: Int) throws(CMSError) -> SymmetricKey? {
    guard let wrap, let derivation else { throw .unsupportedAlgorithm(wrapIdentifier) }
    guard derivation.rounds(for: wrap.keySize) <= maximumIterations else { throw .tooManyIterations }
    guard let key = try? derivation.key(password, size: wrap.keySize) else { return nil }
    return wrap.unwrap(encryptedKey, under: key, size: size)
  }

  func write(to writer: inout DERWriter) {
    writer.constructed(DERTag.contextConstructed(3)) {
      $0.integer(0)
      derivation?.write(to: &$0)
      wrap?.write(to: &$0)
      $0.octetString(encryptedKey)
    }
  }
}

/// PBKDF2 (RFC 8018 §5.2, appendix A.2).
struct PasswordDerivation: Sendable {
  private let salt: [UInt8]
  let iterations: Int
  private let digest: KDF.Insecure.PBKDF2.HashFunction
  /// Octets of the function's output.
  private let digestSize: Int

  private static let identifier = ObjectIdentifier([1, 2, 840, 113549, 1, 5, 12])
  private static let hmacWithSHA256 = ObjectIdentifier([1, 2, 840, 113549, 2, 9])
  /// HMAC-SHA-1 is the standard's default and what a common client sends; as a derivation function it holds.
  private static let functions: [ObjectIdentifier: (KDF.Insecure.PBKDF2.HashFunction, size: Int)] = [
    ObjectIdentifier([1, 2, 840, 113549, 2, 7]): (.insecureSHA1, 20), hmacWithSHA256: (.sha256, 32),
    ObjectIdentifier([1, 2, 840, 113549, 2, 10]): (.sha384, 48),
    ObjectIdentifier([1, 2, 840, 113549, 2, 11]): (.sha512, 64),
  ]

  init(iterations: Int) {
    salt = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }
    self.iterations = iterations
    (digest, digestSize) = (.sha256, 32)
  }

  /// Nil for another algorithm or function.
  init?(_ element: DERElement) throws {
    var algorithm = element.reader
    guard try algorithm.readObjectIdentifier() == Self.identifier else { return nil }
    var parameters = try algorithm.readSequence()
    salt = Array(try parameters.readOctetString())
    guard (1...1024).contains(salt.count) else { throw DERError.badString }
    iterations = try parameters.readSmallInteger()
    guard iterations > 0 else { throw DERError.badInteger }
    if parameters.nextTag == DERTag.integer { _ = try parameters.readSmallInteger() }
    guard !parameters.isAtEnd else {
      (digest, digestSize) = (.insecureSHA1, 20)
      return
    }
    var function = try parameters.readSequence()
    guard let known = Self.functions[try function.readObjectIdentifier()] else { return nil }
    (digest, digestSize) = known
  }

  /// What a key of so many octets costs: each block of the function's output is derived by itself.
  func rounds(for size: Int) -> Int {
    let (rounds, isOver) = iterations.multipliedReportingOverflow(by: (size + digestSize - 1) / digestSize)
    return isOver ? .max : rounds
  }

  func key(_ password: [UInt8], size: Int) throws -> SymmetricKey {
    // Bounded by the caller. The library's own minimum of 210,000 is for passwords that people choose.
    try KDF.Insecure.PBKDF2.deriveKey(
      from: password, salt: salt, using: digest, outputByteCount: size, unsafeUncheckedRounds: iterations)
  }

  func write(to writer: inout DERWriter) {
    writer.constructed(DERTag.contextConstructed(0)) {
      $0.objectIdentifier(Self.identifier)
      $0.sequence {
        $0.octetString(salt)
        $0.integer(iterations)
        $0.sequence {
          $0.objectIdentifier(Self.hmacWithSHA256)
          $0.null()
        }
      }
    }
  }
}

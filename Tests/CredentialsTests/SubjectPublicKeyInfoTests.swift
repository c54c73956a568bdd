import Credentials
import Crypto
import Testing
import WireFormats

@Suite struct SubjectPublicKeyInfoTests {
  @Test(arguments: KeyAlgorithm.allCases.filter { $0 != .rsa4096 })
  func signsAndVerifies(algorithm: KeyAlgorithm) throws {
    let key = try TestKey(algorithm)
    let message = Array("what was signed".utf8)
    let signature = try key.sign(message)
    let signatureAlgorithm = algorithm.signatureAlgorithm
    #expect(key.publicKey.algorithm == algorithm)
    #expect(key.publicKey.isValidSignature(signature, over: message, algorithm: signatureAlgorithm))
    #expect(!key.publicKey.isValidSignature(signature, over: message + [0], algorithm: signatureAlgorithm))
    #expect(!key.publicKey.isValidSignature(signature + [0], over: message, algorithm: signatureAlgorithm))
    #expect(!key.publicKey.isValidSignature([], over: message, algorithm: signatureAlgorithm))
    for other in SignatureAlgorithm.allCases where other != signatureAlgorithm {
      #expect(!key.publicKey.isValidSignature(signature, over: message, algorithm: other), "\(other)")
    }
    let another = try TestKey(algorithm)
    #expect(!another.publicKey.isValidSignature(signature, over: message, algorithm: signatureAlgorithm))
  }

  @Test(arguments: [
    (KeyAlgorithm.p256, SignatureAlgorithm.ecdsaWithSHA384), (.p256, .ecdsaWithSHA512), (.p384, .ecdsaWithSHA256),
    (.p384, .ecdsaWithSHA512), (.rsa2048, .rsaPKCS1WithSHA384), (.rsa2048, .rsaPKCS1WithSHA512),
    (.rsa2048, .rsaPSSWithSHA256),
  ])
  func otherHashes(algorithm: KeyAlgorithm, signatureAlgorithm: SignatureAlgorithm) throws {
    let key = algorithm == .rsa2048 ? TestKey.rsa : try TestKey(algorithm)
    let signature = try key.sign([1, 2, 3], with: signatureAlgorithm)
    #expect(key.publicKey.isValidSignature(signature, over: [1, 2, 3], algorithm: signatureAlgorithm))
    #expect(!key.publicKey.isValidSignature(signature, over: [1, 2, 4], algorithm: signatureAlgorithm))
    #expect(signatureAlgorithm.fits(algorithm))
  }

  @Test func hashes() throws {
    let key = TestKey.device.publicKey
    #expect(key.keyHash == Array(SHA256.hash(data: key.encoded)))
    #expect(key.keyOctets.count == 65)
    #expect(key.keyIdentifier == Array(Insecure.SHA1.hash(data: key.encoded.suffix(65))))
    #expect(try SubjectPublicKeyInfo(parsing: key.encoded) == key)
  }

  // A table of keys, and why each is refused.
  static let refusals: [(hex: String, error: PublicKeyError)] = {
    let eleven = { (count: Int) in String(repeating: "11", count: count) }
    let p256 = "301306072a8648ce3d020106082a8648ce3d030107"
    return [
      ("", .malformed), ("3000", .malformed), ("30", .malformed), ("0400", .malformed),
      // P-521, secp256k1, X25519, Ed448.
      ("3017301006072a8648ce3d020106052b810400230303000401", .unsupported(ObjectIdentifier([1, 3, 132, 0, 35]))),
      ("3017301006072a8648ce3d020106052b8104000a0303000401", .unsupported(ObjectIdentifier([1, 3, 132, 0, 10]))),
      ("302a300506032b656e032100" + eleven(32), .unsupported(ObjectIdentifier([1, 3, 101, 110]))),
      ("300c300506032b65710303000401", .unsupported(ObjectIdentifier([1, 3, 101, 113]))),
      // P-256 with explicit parameters, with none, with a compressed point, with one that is too short.
      ("3013300d06072a8648ce3d0201300202010303020004", .malformed),
      ("300f300906072a8648ce3d020103020004", .malformed),
      ("3039" + p256 + "03220002" + eleven(32), .malformed),
      ("301a" + p256 + "0303000401", .malformed),
      // A point that is not on the curve.
      ("3059" + p256 + "03420004" + eleven(64), .malformed),
      // Ed25519 with an octet too few.
      ("3029300506032b6570032000" + eleven(31), .unsupported(ObjectIdentifier([1, 3, 101, 112]))),
    ]
  }()

  @Test(arguments: refusals)
  func refused(hex: String, error: PublicKeyError) throws {
    let bytes = try #require(Hex.decode(hex))
    #expect(throws: error) { try SubjectPublicKeyInfo(parsing: bytes) }
  }

  private func rsa(modulus: [UInt8], exponent: [UInt8] = [1, 0, 1], null: Bool = true) -> [UInt8] {
    let key = DERWriter.build {
      $0.sequence {
        $0.unsignedInteger(modulus)
        $0.unsignedInteger(exponent)
      }
    }
    return DERWriter.build {
      $0.sequence {
        $0.sequence {
          $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 113549, 1, 1, 1]))
          if null { $0.null() }
        }
        $0.bitString(key)
      }
    }
  }

  @Test func weakRSA() throws {
    func modulus(_ bits: Int) -> [UInt8] {
      [UInt8(0xC5) >> UInt8((8 - bits % 8) % 8)] + [UInt8](repeating: 0x5B, count: (bits + 7) / 8 - 1)
    }
    #expect(throws: PublicKeyError.tooWeak("RSA-1024")) {
      try SubjectPublicKeyInfo(parsing: rsa(modulus: modulus(1024)))
    }
    #expect(throws: PublicKeyError.tooWeak("RSA-2047")) {
      try SubjectPublicKeyInfo(parsing: rsa(modulus: modulus(2047)))
    }
    #expect(throws: PublicKeyError.tooWeak("RSA with the exponent 3")) {
      try SubjectPublicKeyInfo(parsing: rsa(modulus: modulus(2048), exponent: [3]))
    }
    #expect(throws: PublicKeyError.tooWeak("RSA with the exponent 65538")) {
      try SubjectPublicKeyInfo(parsing: rsa(modulus: modulus(2048), exponent: [1, 0, 2]))
    }
    #expect(throws: PublicKeyError.unsupported(ObjectIdentifier([1, 2, 840, 113549, 1, 1, 1]))) {
      try SubjectPublicKeyInfo(parsing: rsa(modulus: modulus(2560)))
    }
    #expect(throws: PublicKeyError.malformed) {
      try SubjectPublicKeyInfo(parsing: rsa(modulus: modulus(2048).dropLast() + [0x5A]))
    }
    #expect(throws: PublicKeyError.malformed) {
      try SubjectPublicKeyInfo(parsing: rsa(modulus: modulus(2048), null: false))
    }
    #expect(throws: PublicKeyError.malformed) { try SubjectPublicKeyInfo(parsing: rsa(modulus: [])) }
    #expect(try SubjectPublicKeyInfo(parsing: rsa(modulus: modulus(2048))).algorithm == .rsa2048)
  }

  /// A modulus that is 1 modulo every small prime lies in every subgroup, as those of CVE-2017-15361 do.
  @Test func flawedRSA() throws {
    // The product of the primes below, doubled for oddness and shifted up to 2048 bits, plus 1.
    var product: [UInt8] = [2]
    for prime in [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157] {
      var carry = 0
      for index in product.indices.reversed() {
        let value = Int(product[index]) * prime + carry
        product[index] = UInt8(value & 0xFF)
        carry = value >> 8
      }
      if carry > 0 { product.insert(UInt8(carry), at: 0) }
    }
    while product[0] < 0x80 {
      for index in product.indices {
        product[index] = product[index] << 1 | (index + 1 < product.count ? product[index + 1] >> 7 : 0)
      }
    }
    var modulus = product + [UInt8](repeating: 0, count: 256 - product.count)
    modulus[255] |= 1
    #expect(throws: PublicKeyError.tooWeak("RSA with the ROCA flaw (CVE-2017-15361)")) {
      try SubjectPublicKeyInfo(parsing: rsa(modulus: modulus))
    }
  }

  @Test(arguments: [
    String(repeating: "00", count: 32), "01" + String(repeating: "00", count: 31),
    "01" + String(repeating: "00", count: 30) + "80",
    "ec" + String(repeating: "ff", count: 30) + "7f", "ee" + String(repeating: "ff", count: 31),
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  ])
  func smallOrder(hex: String) throws {
    let point = try #require(Hex.decode(hex))
    #expect(throws: PublicKeyError.tooWeak("Ed25519 with a point of small order")) {
      try SubjectPublicKeyInfo(ed25519: point)
    }
  }
}

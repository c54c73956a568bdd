import Credentials
import Crypto
import Foundation
import KeyCustody
import TestKit
import Testing
import WireFormats

@Suite struct SoftwareKeyTests {
  @Test(arguments: KeyAlgorithm.allCases) func signsWhatItsPublicKeyVerifies(_ algorithm: KeyAlgorithm) async throws {
    let key = try await SoftwareKey.generated(algorithm)
    #expect(key.publicKey.algorithm == algorithm)
    #expect(key.algorithm == algorithm.signatureAlgorithm)
    let message = Array("to be signed".utf8)
    let signature = try await key.sign(message)
    #expect(key.publicKey.isValidSignature(signature, over: message, algorithm: key.algorithm))
    #expect(!key.publicKey.isValidSignature(signature, over: message + [0], algorithm: key.algorithm))
    #expect(
      try key.publicKey.isValidSignature(key.signature(over: [UInt8]()), over: [UInt8](), algorithm: key.algorithm))
  }

  @Test(arguments: [KeyAlgorithm.p256, .p384, .ed25519, .rsa2048]) func comesBackFromPKCS8(_ algorithm: KeyAlgorithm)
    throws
  {
    let key = try SoftwareKey.generate(algorithm)
    let again = try SoftwareKey(pkcs8: try #require(key.pkcs8).withBytes { Array($0) })
    #expect(again.publicKey == key.publicKey)
    let pem = try #require(key.pkcs8PEM)
    #expect(pem.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
    #expect(try SoftwareKey(pem: pem).publicKey == key.publicKey)
    #expect(try SoftwareKey(pem: "# comment\n" + pem).publicKey == key.publicKey)
  }

  /// Giving out the private octets leaves the key as it was: an Ed25519 key's representation is the key's own memory.
  @Test(arguments: [KeyAlgorithm.p256, .p384, .ed25519, .rsa2048])
  func exportingDoesNoHarm(_ algorithm: KeyAlgorithm) throws {
    let key = try SoftwareKey.generate(algorithm)
    let first = key.pkcs8PEM
    #expect(first != nil && key.pkcs8PEM == first)
    let signature = try key.signature(over: [1])
    #expect(key.publicKey.isValidSignature(signature, over: [1], algorithm: key.algorithm))
  }

  /// OpenSSL, which nobody here wrote, reads what is exported and finds the same public key.
  @Test(arguments: [KeyAlgorithm.p256, .p384, .ed25519, .rsa2048]) func openSSLReadsIt(_ algorithm: KeyAlgorithm) throws
  {
    let key = try SoftwareKey.generate(algorithm)
    let folder = try ScratchFolder()
    try folder.write(Array(try #require(key.pkcs8PEM).utf8), to: "key.pem")
    try openssl(["pkey", "-in", "\(folder.path)/key.pem", "-check", "-pubout", "-out", "\(folder.path)/public.pem"])
    let text = String(decoding: try folder.read("public.pem"), as: UTF8.self)
    let block = try #require(PEM.parse(text)?.first { $0.label == "PUBLIC KEY" })
    #expect(block.bytes == key.publicKey.encoded)
  }

  /// And what OpenSSL makes is read here.
  @Test(arguments: [
    (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], KeyAlgorithm.p256),
    (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"], .p384),
    (["-algorithm", "ED25519"], .ed25519),
    (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], .rsa2048),
  ])
  func readsOpenSSLs(_ options: [String], _ algorithm: KeyAlgorithm) throws {
    let folder = try ScratchFolder()
    try openssl(["genpkey"] + options + ["-out", "\(folder.path)/key.pem"])
    let key = try SoftwareKey(pem: String(decoding: try folder.read("key.pem"), as: UTF8.self))
    #expect(key.publicKey.algorithm == algorithm)
    let signature = try key.signature(over: [1, 2, 3])
    #expect(key.publicKey.isValidSignature(signature, over: [1, 2, 3], algorithm: key.algorithm))
  }

  @Test(arguments: [
    (
      ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
      PrivateKeyError.unsupported(ObjectIdentifier([1, 3, 132, 0, 35]))
    ),
    (["-algorithm", "X25519"], .unsupported(ObjectIdentifier([1, 3, 101, 110]))),
  ])
  func otherAlgorithmsAreNamed(_ options: [String], _ error: PrivateKeyError) throws {
    let folder = try ScratchFolder()
    try openssl(["genpkey"] + options + ["-out", "\(folder.path)/key.pem"])
    let text = String(decoding: try folder.read("key.pem"), as: UTF8.self)
    #expect(throws: error) { try SoftwareKey(pem: text) }
  }

  private func openssl(_ arguments: [String]) throws {
    let finished = try Finished(running: "openssl", arguments)
    #expect(finished.status == 0, "\(finished.errors)")
  }

  @Test func isNeverShown() throws {
    let key = try SoftwareKey.generate(.ed25519)
    var dumped = ""
    dump(key, to: &dumped)
    #expect("\(key)" == "(private key, Ed25519)")
    #expect(!dumped.contains("material"))
  }

  /// Damaged octets give an error or another key, never a trap.
  @Test(arguments: [KeyAlgorithm.p256, .p384, .ed25519, .rsa2048]) func mutationsDoNotTrap(_ algorithm: KeyAlgorithm)
    throws
  {
    let octets = try #require(try SoftwareKey.generate(algorithm).pkcs8).withBytes { Array($0) }
    var refused = 0
    for mutated in Mutations(of: octets, count: algorithm.isRSA ? 100 : 500) {
      do { _ = try SoftwareKey(pkcs8: mutated) } catch { refused += 1 }
    }
    #expect(refused > 0)
    for text in ["", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----\nAAAA\n"]
    {
      #expect(throws: PrivateKeyError.malformed) { try SoftwareKey(pem: text) }
    }
  }
}

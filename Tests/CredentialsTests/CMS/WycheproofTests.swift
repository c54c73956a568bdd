import Credentials
import Crypto
import Foundation
import KeyCustody
import TestKit
import Testing
import WireFormats

/// Project Wycheproof's vectors for what CMS, CMP and SCEP are composed of (`Vectors/README.md`). What is `acceptable` there
/// may be taken or refused, and is looked at only in that nothing ends the process.
@Suite struct WycheproofTests {
  private struct Document: Decodable {
    let keys: [String]
    let tests: [Vector]
  }

  private struct Vector: Decodable {
    let id: Int
    let comment: String
    let result: String
    let group: Int?
    let fields: [String: String]

    private struct Name: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue _: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Name.self)
      id = try container.decode(Int.self, forKey: Name(stringValue: "id"))
      comment = try container.decode(String.self, forKey: Name(stringValue: "comment"))
      result = try container.decode(String.self, forKey: Name(stringValue: "result"))
      group = try container.decodeIfPresent(Int.self, forKey: Name(stringValue: "group"))
      var fields: [String: String] = [:]
      for name in container.allKeys {
        if let text = try? container.decode(String.self, forKey: name) { fields[name.stringValue] = text }
      }
      self.fields = fields
    }

    subscript(name: String) -> [UInt8] { fields[name].flatMap { Hex.decode($0) } ?? [] }
  }

  private func document(_ name: String) throws -> Document {
    let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Vectors"))
    return try JSONDecoder().decode(Document.self, from: Data(contentsOf: url))
  }

  /// What opened, octet for octet, where it should; nothing where it should not.
  @Test(arguments: [
    ("rsa-pkcs1-2048", KeyTransport.pkcs1, 20), ("rsa-oaep-2048-sha1", .oaepSHA1, 20),
    ("rsa-oaep-2048-sha256", .oaepSHA256, 20),
  ])
  func keyTransport(_ name: String, _ transport: KeyTransport, _ least: Int) throws {
    let vectors = try document(name)
    let keys = try vectors.keys.map { text in
      let key = try SoftwareKey(pkcs8: Hex.decode(text) ?? [])
      return try #require(OpeningKey(key))
    }
    var tried = 0
    for vector in vectors.tests {
      let opened = keys[try #require(vector.group)].decrypt(vector["ct"], transport)
      // Nothing here is encrypted under a label.
      let isValid = vector.result == "valid" && vector["label"].isEmpty
      let octets = opened?.withUnsafeBytes { Array($0) }
      if isValid {
        #expect(octets == vector["msg"], "\(name) \(vector.id): \(vector.comment)")
      } else if vector.result != "acceptable" {
        #expect(octets == nil, "\(name) \(vector.id): \(vector.comment)")
      }
      tried += 1
    }
    #expect(tried > least)
  }

  @Test(arguments: [("ecdh-p256", KeyAlgorithm.p256, 32), ("ecdh-p384", .p384, 48)])
  func keyAgreement(_ name: String, _ algorithm: KeyAlgorithm, _ size: Int) throws {
    var counts = (agreed: 0, refused: 0)
    for vector in try document(name).tests {
      let own = try SoftwareKey(pkcs8: Self.pkcs8(vector["private"], algorithm, size))
      let key = try #require(OpeningKey(own))
      let info = Array("shared info".utf8)
      let agreed = key.agreedKey(with: vector["public"], sharedInfo: info, size: 48, digest: .sha256)
      switch vector.result {
      case "valid":
        let expected = Self.derived(vector["shared"], info, 48)
        #expect(agreed?.withUnsafeBytes { Array($0) } == expected, "\(name) \(vector.id): \(vector.comment)")
        counts.agreed += 1
      case "invalid":
        #expect(agreed == nil, "\(name) \(vector.id): \(vector.comment)")
        counts.refused += 1
      default: break
      }
    }
    #expect(counts.agreed > 30 && counts.refused > 10)
  }

  /// SEC 1 §3.6.1, written out: Hash(Z || counter || SharedInfo) for counter from 1.
  private static func derived(_ secret: [UInt8], _ info: [UInt8], _ size: Int) -> [UInt8] {
    var octets: [UInt8] = []
    var counter: UInt8 = 1
    while octets.count < size {
      octets += Array(SHA256.hash(data: secret + [0, 0, 0, counter] + info))
      counter += 1
    }
    return Array(octets.prefix(size))
  }

  private static func pkcs8(_ number: [UInt8], _ algorithm: KeyAlgorithm, _ size: Int) -> [UInt8] {
    let octets = [UInt8](repeating: 0, count: max(0, size - number.count)) + number.suffix(size)
    let curve =
      algorithm == .p256 ? ObjectIdentifier([1, 2, 840, 10045, 3, 1, 7]) : ObjectIdentifier([1, 3, 132, 0, 34])
    let inner = DERWriter.build {
      $0.sequence {
        $0.integer(1)
        $0.octetString(octets)
      }
    }
    return DERWriter.build {
      $0.sequence {
        $0.integer(0)
        $0.sequence {
          $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 10045, 2, 1]))
          $0.objectIdentifier(curve)
        }
        $0.octetString(inner)
      }
    }
  }

  @Test func keyWrap() throws {
    for vector in try document("aes-wrap").tests where vector.result != "acceptable" {
      let key = SymmetricKey(data: vector["key"])
      let unwrapped = (try? AES.KeyWrap.unwrap(vector["ct"], using: key))?.withUnsafeBytes { Array($0) }
      let expected: [UInt8]? = vector.result == "valid" ? vector["msg"] : nil
      #expect(unwrapped == expected, "\(vector.id): \(vector.comment)")
    }
  }

  /// Those with the nonces and tags that are taken here (RFC 5084 §3.2).
  @Test func authenticatedEncryption() throws {
    var tried = 0
    for vector in try document("aes-gcm").tests where vector["iv"].count == 12 && vector["tag"].count == 16 {
      let box = try AES.GCM.SealedBox(
        nonce: AES.GCM.Nonce(data: vector["iv"]), ciphertext: vector["ct"], tag: vector["tag"])
      let key = SymmetricKey(data: vector["key"])
      let opened = (try? AES.GCM.open(box, using: key, authenticating: vector["aad"])).map { Array($0) }
      let expected: [UInt8]? = vector.result == "valid" ? vector["msg"] : nil
      #expect(opened == expected, "\(vector.id): \(vector.comment)")
      tried += 1
    }
    #expect(tried > 20)
  }

  @Test(arguments: [
    ("ecdsa-p256-sha256", SignatureAlgorithm.ecdsaWithSHA256), ("ecdsa-p384-sha384", .ecdsaWithSHA384),
    ("rsa-signature-2048-sha256", .rsaPKCS1WithSHA256), ("rsa-pss-2048-sha256", .rsaPSSWithSHA256),
  ])
  func signatures(_ name: String, _ algorithm: SignatureAlgorithm) throws {
    let vectors = try document(name)
    let keys = vectors.keys.map { text in try? SubjectPublicKeyInfo(parsing: Hex.decode(text) ?? []) }
    var counts = (valid: 0, invalid: 0)
    for vector in vectors.tests {
      guard let key = keys[try #require(vector.group)] else { continue }
      let signature = vector["sig"]
      let isValid = key.isValidSignature(signature[...], over: vector["msg"], algorithm: algorithm)
      switch vector.result {
      case "valid":
        #expect(isValid, "\(name) \(vector.id): \(vector.comment)")
        counts.valid += 1
      case "invalid":
        #expect(!isValid, "\(name) \(vector.id): \(vector.comment)")
        counts.invalid += 1
      default: break
      }
    }
    #expect(counts.valid > 2 && counts.invalid > 2, "\(name) \(counts)")
  }
}

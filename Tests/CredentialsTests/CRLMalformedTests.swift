import Credentials
import KeyCustody
import TestKit
import Testing
import WireFormats

@Suite struct CRLMalformedTests {
  static let algorithm = SignatureAlgorithm.ed25519.algorithmIdentifier
  static let name: [UInt8] = [0x30, 0x00]
  static let time: [UInt8] = DERWriter.build { $0.time(Instant(seconds: 1_700_000_000)) }

  /// A CertificateList around the fields of a TBSCertList.
  static func list(_ fields: [[UInt8]], outer: [UInt8] = algorithm) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.sequence { for field in fields { $0.raw(field) } }
        $0.raw(outer)
        $0.bitString([0, 0, 0])
      }
    }
  }

  static func entries(_ serials: [[UInt8]]) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        for serial in serials {
          $0.sequence {
            $0.primitive(DERTag.integer, serial)
            $0.raw(time)
          }
        }
      }
    }
  }

  static func extensions(_ encoded: [[UInt8]]) -> [UInt8] {
    DERWriter.build {
      $0.constructed(DERTag.contextConstructed(0)) { $0.sequence { for item in encoded { $0.raw(item) } } }
    }
  }

  static let v2: [UInt8] = [0x02, 0x01, 0x01]
  static let number: [UInt8] = CertificateExtension(
    identifier: ExtensionID.crlNumber, critical: false, value: [0x02, 0x01, 0x05]
  ).encoded

  @Test func theTablesBaseIsRead() throws {
    let list = try CertificateRevocationList(
      parsing: Self.list([
        Self.v2, Self.algorithm, Self.name, Self.time, Self.time, Self.entries([[1]]), Self.extensions([Self.number]),
      ]))
    #expect(list.number == 5)
    #expect(list.entries.count == 1)
  }

  @Test func nextUpdateMayBeMissing() throws {
    let list = try CertificateRevocationList(parsing: Self.list([Self.v2, Self.algorithm, Self.name, Self.time]))
    #expect(list.nextUpdate == nil)
  }

  @Test(arguments: [
    ("no version", list([algorithm, name, time, time]), CRLError.unsupportedVersion),
    ("version 1", list([[2, 1, 0], algorithm, name, time, time]), .unsupportedVersion),
    ("version 3", list([[2, 1, 2], algorithm, name, time, time]), .unsupportedVersion),
    (
      "two algorithms",
      list([v2, algorithm, name, time], outer: SignatureAlgorithm.ecdsaWithSHA256.algorithmIdentifier),
      .algorithmMismatch
    ),
    ("empty list", list([v2, algorithm, name, time, time, [0x30, 0x00]]), .emptyList),
    ("serial 0", list([v2, algorithm, name, time, time, entries([[0]])]), .badSerial),
    ("serial -1", list([v2, algorithm, name, time, time, entries([[0xFF]])]), .badSerial),
    (
      "serial of 21 octets", list([v2, algorithm, name, time, time, entries([[UInt8](repeating: 1, count: 21)])]),
      .badSerial
    ),
    (
      "number twice", list([v2, algorithm, name, time, time, extensions([number, number])]),
      .duplicateExtension(ExtensionID.crlNumber)
    ),
    ("after the end", list([v2, algorithm, name, time, time]) + [0], .malformed(.trailingBytes)),
    ("nothing", [], .malformed(.truncated)),
  ])
  func refused(what: String, bytes: [UInt8], error: CRLError) {
    #expect(throws: error) { try CertificateRevocationList(parsing: bytes) }
  }

  @Test func damageNeverTraps() throws {
    let authority = try SmallAuthority()
    let entries = (1...5).compactMap { SerialNumber(hex: "0\($0)") }
      .map { CRLEntry(serial: $0, revokedAt: Instant(seconds: 1_700_000_000), reason: .superseded) }
    let contents = CRLContents(
      issuer: authority.certificate.subject.encoded, authorityKeyIdentifier: authority.key.publicKey.keyIdentifier,
      number: 3, thisUpdate: Instant(seconds: 1_700_000_000), nextUpdate: Instant(seconds: 1_700_100_000),
      entries: entries, signatureAlgorithm: authority.key.algorithm)
    let sample = try contents.encode(signature: authority.key.signature(over: contents.toBeSigned))
    var refused = 0
    for bytes in Mutations(of: sample, count: 20_000) {
      do {
        let list = try CertificateRevocationList(parsing: bytes)
        _ = (list.number, list.authorityKeyIdentifier, list.numberOctets, list.criticalExtensions)
      } catch {
        refused += 1
      }
    }
    #expect(refused > 10_000)
  }
}

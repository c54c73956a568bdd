import Credentials
import Crypto
import Foundation
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// A secure-element maker's manifest: JWS entries signed with ES256, as Microchip's Trust Platform writes them.
struct SampleManifest {
  let authority: SmallAuthority
  let signer: P256.Signing.PrivateKey
  let certificate: Certificate

  init() throws {
    authority = try SmallAuthority(name: "Maker Root")
    signer = P256.Signing.PrivateKey()
    let key = try SubjectPublicKeyInfo(parsing: signer.publicKey.derRepresentation)
    certificate = try authority.issue("Log Signer", key: key, lifetime: .days(365))
  }

  func payload(_ serial: String, _ key: SubjectPublicKeyInfo) -> String {
    let point = Array(key.encoded.suffix(64))
    let (x, y) = (Base64.encodeURL(point.prefix(32)), Base64.encodeURL(point.suffix(32)))
    return #"""
      {"version":1,"model":"ATECC608B","partNumber":"ATECC608B-TFLXTLSS",
       "manufacturer":{"organizationName":"Microchip Technology Inc"},"groupId":"359S","uniqueId":"\#(serial)",
       "publicKeySet":{"keys":[{"kid":"0","kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)"}]}}
      """#
  }

  func header(_ more: String = "") -> String {
    #"{"typ":"JWT","alg":"ES256","kid":"\#(Base64.encodeURL(certificate.subjectKeyIdentifier ?? []))","#
      + #""x5t#S256":"\#(Base64.encodeURL(certificate.fingerprint))"\#(more)}"#
  }

  func entry(_ serial: String, _ key: SubjectPublicKeyInfo, header: String? = nil) throws -> SignedSecureElement {
    let protected = Base64.encodeURL(Array((header ?? self.header()).utf8))
    let body = Base64.encodeURL(Array(payload(serial, key).utf8))
    let signature = try signer.signature(for: Array("\(protected).\(body)".utf8)).rawRepresentation
    return SignedSecureElement(payload: body, protected: protected, signature: Base64.encodeURL(Array(signature)))
  }
}

@Suite struct ManifestTests {
  @Test func anEntryIsBelievedUnderTheSignerItNames() throws {
    let manifest = try SampleManifest()
    let device = try TestDevice("0123f1822c38dd7a01")
    let (element, signer) = try manifest.entry(device.serial, device.key.publicKey)
      .verified(by: try ManifestSigners([manifest.certificate.encoded]), at: .present)
    #expect(element.uniqueID == device.serial && element.model == "ATECC608B" && element.group == "359S")
    #expect(try element.publicKey("0") == device.key.publicKey)
    #expect(signer == manifest.certificate)
    #expect(throws: ManifestError.self) { try element.publicKey("2") }
  }

  @Test func anAuthorityStandsForSignersWhoseChainAnEntryCarries() throws {
    let manifest = try SampleManifest()
    let device = try TestDevice("01")
    let chain = #","x5c":["\#(Base64.encode(manifest.certificate.encoded))"]"#
    let entry = try manifest.entry(device.serial, device.key.publicKey, header: manifest.header(chain))
    let (_, signer) = try entry.verified(
      by: try ManifestSigners([manifest.authority.certificate.encoded]), at: .present)
    #expect(signer == manifest.certificate)
    let stranger = try SmallAuthority(name: "Maker Root")
    #expect(throws: ManifestError.self) {
      try entry.verified(by: try ManifestSigners([stranger.certificate.encoded]), at: .present)
    }
  }

  @Test(arguments: ["payload", "protected", "signature", "none", "HS256", "crit", "stranger"])
  func whatIsNotSignedAsItShouldBeIsRefused(_ what: String) throws {
    let manifest = try SampleManifest()
    let device = try TestDevice("01")
    let good = try manifest.entry("01", device.key.publicKey)
    let signers = try ManifestSigners([manifest.certificate.encoded])
    let other = try manifest.entry("02", device.key.publicKey)
    let bad: SignedSecureElement =
      switch what {
      case "payload":
        SignedSecureElement(payload: other.payload, protected: good.protected, signature: good.signature)
      case "protected":
        SignedSecureElement(
          payload: good.payload, protected: Base64.encodeURL(Array(manifest.header(" ").utf8)),
          signature: good.signature)
      case "signature":
        SignedSecureElement(payload: good.payload, protected: good.protected, signature: other.signature)
      case "none":
        SignedSecureElement(
          payload: good.payload, protected: Base64.encodeURL(Array(#"{"alg":"none"}"#.utf8)), signature: "")
      case "HS256":
        try manifest.entry(
          "01", device.key.publicKey, header: manifest.header().replacingOccurrences(of: "ES256", with: "HS256"))
      case "crit": try manifest.entry("01", device.key.publicKey, header: manifest.header(#","crit":["b64"]"#))
      default: try SampleManifest().entry("01", device.key.publicKey)
      }
    #expect(throws: ManifestError.self) { try bad.verified(by: signers, at: .present) }
  }

  @Test func importingAgainIsHarmlessAndABadEntryStopsNoOther() async throws {
    let bench = try await KnownKeyTests.Bench()
    let manifest = try SampleManifest()
    let devices = try (1...3).map { try TestDevice("0123f1822c38dd7a0\($0)") }
    var lines = try devices.enumerated().map { offset, device in
      ManifestLine(number: offset + 1, element: try manifest.entry(device.serial, device.key.publicKey))
    }
    lines.append(ManifestLine(number: 4, element: try SampleManifest().entry("04", devices[0].key.publicKey)))
    // Another element with the first one's key.
    lines.append(ManifestLine(number: 5, element: try manifest.entry("05", devices[0].key.publicKey)))
    let signers = try ManifestSigners([manifest.certificate.encoded])
    func run() async throws -> DeviceImportOutcome {
      try await bench.administration.perform(
        DeviceService().importing(lines, from: signers, under: ManifestTerms(profile: "operational")),
        by: .installation, through: .rest)
    }
    let first = try await run()
    #expect(first.added == 3 && first.unchanged == 0 && first.refused.map(\.number) == [4, 5])
    let second = try await run()
    #expect(second.added == 0 && second.unchanged == 3 && second.refused.map(\.number) == [4, 5])
    let issued = try await bench.enroll(devices[1])
    #expect(try Certificate(parsing: issued.certificate).publicKey == devices[1].key.publicKey)
  }
}

import Credentials
import Foundation
import Issuance
import Registry
import TestKit
import Testing
import WireFormats

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

import Credentials
import DeviceFormats
import TestKit
import Testing
import WireFormats

/// Two calendars that share no code, over the years that a certificate can name.
@Suite struct CalendarTests {
  @Test func agreesWithTheOtherCalendar() throws {
    let authority = try ForgedCertificate.authority("root")
    var random = SeededRandom(seed: 1)
    let edges: [Int64] = [0, -631_152_000, 2_524_607_999, 2_524_608_000, 253_402_300_799, 951_868_799, 1_709_164_800]
    let drawn = (0..<200).map { _ in Int64.random(in: -631_152_000...253_402_300_799, using: &random) }
    for seconds in edges + drawn {
      let leaf = try ForgedCertificate.leaf(key: authority.key).changed { $0.notAfter = Instant(seconds: seconds) }
      let read = try lend(leaf.signed(by: authority)) { try CertificateView(parsing: $0).notAfter.seconds }
      #expect(read == seconds)
    }
  }

  /// RFC 5280 §4.1.2.5: what a time may not look like, each in place of a good one of the same length.
  @Test(arguments: [
    "990229000000Z", "991301000000Z", "990001000000Z", "990100000000Z", "990132000000Z", "990431000000Z",
    "990101240000Z",
    "990101006000Z", "990101000060Z", "99010100000 Z", "990101000000z", "9901010000+0Z",
  ])
  func refusals(time: String) throws {
    let authority = try ForgedCertificate.authority("root")
    let good = Array("991231235959Z".utf8)
    let leaf = try ForgedCertificate.leaf(key: authority.key).changed {
      $0.notBefore = Instant(seconds: 946_684_799)
    }
    var bytes = try leaf.signed(by: authority)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: good) })
    bytes.replaceSubrange(place..<place + good.count, with: Array(time.utf8))
    lend(bytes) { view in
      #expect(throws: FormatError.badTime) { _ = try CertificateView(parsing: view) }
    }
  }
}

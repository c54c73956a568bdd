import Credentials
import Foundation
import Issuance
import TestKit
import Testing
import WireFormats
import touchmark

/// Books of other programs, and an identity that ends.
@Suite struct BooksTests {
  @Test func anIndexIsReadAsOpenSSLAndEasyRSAWriteIt() throws {
    let text = """
      V\t290223115642Z\t\t63DDD06E5B28DFEEB964BC5A8595CD97\tunknown\t/CN=dev1
      R\t290223115644Z\t261121115645Z,keyCompromise\t80873BFEB5AE63D82C83B254F1A041F0\tunknown\t/CN=dev2
      R\t20590223115644Z\t20551121115645Z\t0A\tnewcerts/0A.pem\t/CN=with\ttab

      E\t490223115644Z\t\t0B\tunknown\t/CN=old
      R\t290223115644Z\t261121115645Z,holdInstruction,1.2.3\t0C\tunknown\t/CN=held

      """
    let entries = try IndexEntry.all(of: text)
    #expect(entries.map(\.line) == [1, 2, 3, 5, 6])
    #expect(
      entries.map(\.serial).prefix(3) == [
        "63DDD06E5B28DFEEB964BC5A8595CD97", "80873BFEB5AE63D82C83B254F1A041F0", "0A",
      ])
    #expect(entries.map(\.reason) == [nil, "keyCompromise", nil, nil, "certificateHold"])
    #expect(
      entries.map { $0.revokedAt?.description } == [
        nil, "2026-11-21T11:56:45Z", "2055-11-21T11:56:45Z", nil, "2026-11-21T11:56:45Z",
      ])
    #expect(entries.map(\.file) == [nil, nil, "newcerts/0A.pem", nil, nil])
  }

  @Test(arguments: [
    "X\t290223115642Z\t\t0A\tunknown\t/CN=a", "V\t290223115642Z\t\t\tunknown\t/CN=a", "V 290223115642Z 0A",
    "R\t290223115642Z\t\t0A\tunknown\t/CN=a", "R\t290223115642Z\tyesterday\t0A\tunknown\t/CN=a",
    "R\t290223115642Z\t269921115645Z\t0A\tunknown\t/CN=a", "V\t290223115642Z\t\t0G\tunknown\t/CN=a",
  ])
  func whatIsNoLineIsNamed(_ line: String) {
    #expect {
      try IndexEntry.all(of: "V\t290223115642Z\t\t0A\tunknown\t/CN=a\n" + line)
    } throws: {
      ($0 as? Refusal)?.reason == "line 2 is not one of openssl's index"
    }
  }

  @Test func whoseCertificateEndsIsToldAMonthAhead() throws {
    let now = Instant.present
    let certificate = try SmallAuthority(at: now).issue("Ada", lifetime: .days(365), at: now)
    #expect(IdentityEnd.message(certificate, at: now + .days(334)) == nil)
    #expect(IdentityEnd.message(certificate, at: now + .days(336))?.contains("certificate ends at") == true)
    #expect(IdentityEnd.message(certificate, at: now + .days(366))?.contains("certificate ended at") == true)
  }
}

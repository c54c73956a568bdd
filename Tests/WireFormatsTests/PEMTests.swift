import Testing
import WireFormats

@Suite struct PEMTests {
  @Test(arguments: [0, 1, 47, 48, 49, 96, 700])
  func comesBack(count: Int) {
    let pem = PEM(label: "CERTIFICATE", bytes: (0..<count).map { UInt8(truncatingIfNeeded: $0) })
    #expect(PEM.parse(pem.text) == [pem])
  }

  // RFC 7468 §2: lines of exactly 64 characters but for the last.
  @Test func lines() {
    let lines = PEM(label: "X", bytes: [UInt8](repeating: 7, count: 100)).text.split(separator: "\n")
    #expect(lines.map(\.count) == [17, 64, 64, 8, 15])
    #expect(PEM(label: "X", bytes: [1]).text == "-----BEGIN X-----\nAQ==\n-----END X-----\n")
  }

  @Test func severalBlocksAndTextAround() {
    let text = """
      subject=CN = pump-7
      -----BEGIN CERTIFICATE-----
      AQID
      -----END CERTIFICATE-----
      and then

      -----BEGIN PRIVATE KEY-----\r
        BAUG  \r
      -----END PRIVATE KEY-----\r
      """
    #expect(
      PEM.parse(text) == [
        PEM(label: "CERTIFICATE", bytes: [1, 2, 3]), PEM(label: "PRIVATE KEY", bytes: [4, 5, 6]),
      ])
  }

  @Test func textWithoutBlocks() {
    #expect(PEM.parse("") == [])
    #expect(PEM.parse("hello") == [])
  }

  @Test(arguments: [
    "-----BEGIN A-----\nAQID\n",
    "-----BEGIN A-----\nAQID\n-----END B-----\n",
    "-----BEGIN A-----\nAQ*D\n-----END A-----\n",
    "-----BEGIN A-----\n-----BEGIN A-----\nAQID\n-----END A-----\n",
    "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nAQID\n-----END A-----\n",
  ])
  func damaged(text: String) { #expect(PEM.parse(text) == nil) }
}

import Credentials
import Status
import TestKit
import Testing
import WireFormats

@Suite struct StatusAnswerTests {
  static let modified = Instant(seconds: 784_111_777)  // RFC 9110 §5.6.7's example
  let answer = StatusAnswer(
    contentType: "application/ocsp-response", bytes: [1, 2, 3],
    caching: .shared(
      maxAge: 300, lastModified: modified, expires: modified + .hours(1), entityTag: "\"abc\""))

  @Test func headersOfRFC5019() {
    let headers = Dictionary(answer.headers.map { ($0.name, $0.value) }) { first, _ in first }
    #expect(
      headers == [
        "Content-Type": "application/ocsp-response",
        "Cache-Control": "max-age=300, public, no-transform, must-revalidate",
        "Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT",
        "Expires": "Sun, 06 Nov 1994 09:49:37 GMT",
        "ETag": "\"abc\"",
      ])
  }

  @Test func failuresAreNotStored() {
    let headers = StatusAnswer.ocspFailure(.tryLater).headers
    #expect(headers.contains { $0 == ("Cache-Control", "no-store") })
    #expect(!headers.contains { $0.name == "ETag" })
  }

  @Test(arguments: [
    ("\"abc\"", true), ("W/\"abc\"", true), ("*", true), ("\"x\", \"abc\"", true), ("\"abcd\"", false), ("abc", false),
    ("", false),
  ])
  func entityTags(field: String, held: Bool) {
    let result = answer.conditional(ifNoneMatch: field, ifModifiedSince: nil)
    #expect((result.status == 304) == held)
    #expect(result.bytes.isEmpty == held)
    #expect(result.headers.contains { $0.name == "ETag" })
  }

  @Test(arguments: [
    ("Sun, 06 Nov 1994 08:49:37 GMT", true), ("Sun, 06 Nov 1994 08:49:38 GMT", true),
    ("Sun, 06 Nov 1994 08:49:36 GMT", false), ("yesterday", false), ("Sun, 99 Nov 1994 08:49:37 GMT", false),
    ("Sun, 06 Nov 1994 :: GMT", false), ("Sun, 06 Nov -1 08:49:37 GMT", false),
  ])
  func dates(field: String, held: Bool) {
    #expect((answer.conditional(ifNoneMatch: nil, ifModifiedSince: field).status == 304) == held)
  }

  @Test func theTagDecides() {
    let result = answer.conditional(ifNoneMatch: "\"other\"", ifModifiedSince: "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(result.status == 200)
  }
}

import Enrollment
import Testing
import WireFormats

@Suite struct BasicAuthorizationTests {
  @Test(arguments: ["Basic", "basic", "BASIC"])
  func readsNameAndSecret(scheme: String) throws {
    let field = scheme + " " + Base64.encode(Array("AA:BB:01:secret".utf8))
    let authorization = try #require(BasicAuthorization(parsing: field))
    #expect(authorization.name == "AA:BB:01")
    #expect(authorization.secret == Array("secret".utf8))
  }

  @Test func takesAnEmptySecret() throws {
    let authorization = try #require(BasicAuthorization(parsing: "Basic " + Base64.encode(Array("SN-1:".utf8))))
    #expect(authorization.secret.isEmpty)
  }

  @Test func neverPrintsTheSecret() throws {
    let authorization = try #require(BasicAuthorization(parsing: "Basic " + Base64.encode(Array("SN-1:hidden".utf8))))
    #expect(!"\(authorization)".contains("hidden"))
  }

  @Test(
    arguments: [
      "", "Basic", "Basic ", "Basic ***", "Bearer abc", "Digest username=\"x\"",
      "Basic " + Base64.encode(Array("nocolon".utf8)), "Basic " + Base64.encode(Array(":secret".utf8)),
      "Basic " + Base64.encode(Array("a\nb:secret".utf8)), "Basic " + Base64.encode([0xFF, 0x3A, 0x41]),
      "Basic " + Base64.encode([UInt8](repeating: 0x61, count: 2000) + Array(":x".utf8)),
    ])
  func refuses(field: String) {
    #expect(BasicAuthorization(parsing: field) == nil)
  }
}

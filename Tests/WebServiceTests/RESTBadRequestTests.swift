import NIOHTTP1
import TestKit
import Testing
import WebService

/// Every kind of bad input has its own clear problem, and none of them a trap.
@Suite struct RESTBadRequestTests {
  static let bodies: [(String, String)] = [
    ("", "ends early"), ("{", "ends early"), ("[]", "is an array, not an object"), ("null", "is null"),
    (#"{"serial":"A"}"#, #"the key "profile" is missing"#),
    (#"{"serial":"A","profile":"operational","color":"red"}"#, #"the key "color" is not known"#),
    (#"{"serial":"A","serial":"B","profile":"operational"}"#, "stands twice"),
    (#"{"serial":1,"profile":"operational"}"#, "serial: is an integer, not a string"),
    (#"{"serial":null,"profile":"operational"}"#, "serial: is null, not a string"),
    (#"{"serial":"A","profile":"operational"} x"#, "is unexpected"),
    (#"{"serial":"A","profile":"operational",}"#, "is unexpected"),
    (#"{'serial':'A'}"#, "is unexpected"), (#"{"serial":"\ud800"}"#, "is unexpected"), ("NaN", "is unexpected"),
    (#"{"serial":"A","profile":"operational","kind":"toaster"}"#, "kind: is none of the known values"),
    (#"{"serial":"A","profile":"operational","labels":{"a":1}}"#, "labels.a: is not a string"),
    (#"{"serial":"A","profile":"operational","labels":{"a b":"1"}}"#, "a label's key"),
    (#"{"serial":"A","profile":"operational","expires_in":"soon"}"#, "expires_in is a time"),
    (#"{"serial":"A","profile":"operational","expires_in":"0s"}"#, "a secret lives between"),
    (#"{"serial":"A","profile":"operational","lot":"a\u001b[2J"}"#, "lot contains a control character"),
    (String(repeating: "[", count: 100_000), "nested deeper"),
    (#"{"serial":"A","profile":"\#(String(repeating: "p", count: 65))"}"#, "is longer than 64 octets"),
  ]

  @Test(arguments: bodies)
  func aBodyIsRefusedByName(body: String, saying: String) async throws {
    try await RESTScene.with { scene in
      let answer = try await scene.refuses(400, "bad_request", .POST, "/devices", body)
      #expect(answer["detail"]?.contains(saying) == true, "\(answer.text)")
    }
  }

  static let queries: [(String, String)] = [
    ("/devices?limit=0", "limit"), ("/devices?limit=1001", "limit"), ("/devices?limit=x", "limit"),
    ("/devices?colour=red", #""colour" is not known"#), ("/devices?lot=a&lot=b", "twice"),
    ("/devices?state=asleep", "state is none"), ("/devices?label=x", "KEY=VALUE"),
    ("/devices?lot=%FF", "not encoded"), ("/certificates?expiring_within=1", "a time"),
    ("/audit?after=-1", "0 or more"), ("/audit/consistency", "from is missing"),
    ("/audit/inclusion?index=99999999", "not in the log"), ("/audit/inclusion?index=0&size=99999999", "not that long"),
    ("/audit/consistency?from=9223372036854775807", "not a size"),
  ]

  @Test(
    arguments: [
      ("a%2Fb%41", "a/bA"), ("a+b", "a+b"), ("%C3%A9", "é"), ("%", nil), ("%4", nil), ("%G1", nil), ("%FF", nil),
      ("%2541", "%41"), ("", ""),
    ] as [(String, String?)])
  func segmentsAreDecodedOnce(text: String, decoded: String?) {
    #expect(PercentDecoding.decode(text) == decoded)
    #expect(PercentDecoding.decode("1+1%2B", plusIsSpace: true) == "1 1+")
  }

  @Test func anAddressIsRefusedByName() async throws {
    try await RESTScene.with { scene in
      for (path, saying) in Self.queries {
        let answer = try await scene.refuses(400, "bad_request", .GET, path)
        #expect(answer["detail"]?.contains(saying) == true, "\(path): \(answer.text)")
      }
    }
  }

  @Test func sizesAndTypesAreBounded() async throws {
    try await RESTScene.with { scene in
      let long = #"{"serial":"\#(String(repeating: "A", count: 1 << 20))"}"#
      let answer = try await scene.refuses(413, "body_too_large", .POST, "/devices", long)
      #expect(answer["detail"]?.contains("rest_body_bytes") == true)
      try await scene.refuses(
        415, "unsupported_media_type", .POST, "/devices", "a=b",
        headers: [("Content-Type", "application/x-www-form-urlencoded")])
      try await scene.refuses(405, "method_not_allowed", .DELETE, "/devices")
      try await scene.refuses(405, "method_not_allowed", .PATCH, "/devices/X/suspend")
      try await scene.refuses(404, "not_found", .GET, "/nothing")
    }
  }

  @Test(arguments: [
    "", "{}", #"{"csr":""}"#, #"{"csr":"x"}"#,
    #"{"csr":"-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n"}"#,
    #"{"csr":"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"}"#,
  ])
  func aDeviceIsToldWhatIsWrong(body: String) async throws {
    try await RESTScene.with { scene in
      try await scene.refuses(
        400, "bad_request", .POST, "/enroll", body, as: "nobody", headers: [RESTScene.basic("A", "b")])
    }
  }

  @Test func aDeviceWithoutASecretIsAskedForIt() async throws {
    try await RESTScene.with { scene in
      let body = #"{"csr":"\#(try await RESTScene.csr("A"))"}"#
      let answer = try await scene.refuses(401, "unauthenticated", .POST, "/enroll", body, as: "nobody")
      #expect(answer.headers.first(name: "WWW-Authenticate") == #"Basic realm="touchmark""#)
    }
  }
}

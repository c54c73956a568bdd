import Testing
import WireFormats

@Suite struct JSONTests {
  static let values: [(String, JSONValue)] = [
    ("{}", JSONValue.object([])), (" [ 1 , -2 , 0 ] ", [1, -2, 0]), (#""a\n\"\\\/\u00e9\ud83d\ude00""#, "a\n\"\\/é😀"),
    (#"{"a":{"b":[true,false,null]}}"#, ["a": ["b": .array([true, false, .null])]]), ("1.5e3", .number("1.5e3")),
    ("-9223372036854775808", .integer(.min)),
  ]

  @Test(arguments: values)
  func reads(text: String, value: JSONValue) throws {
    #expect(try JSONParser.parse(Array(text.utf8)) == value)
    // What is written is read back.
    #expect(try JSONParser.parse(Array(value.written().utf8)) == value)
  }

  @Test(arguments: [
    "", " ", "{", "}", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "01", "-", "1.", ".5", "1e", "+1", "tru", "truee", "\"",
    "\"\u{1}\"", #""\x""#, #""\u12g4""#, #""\ud800""#, #""\ud800A""#, #""\udc00""#, "1 2", "[1}", "\u{FEFF}{}",
    "9223372036854775808", "// 1", "[1]]",
  ])
  func refuses(text: String) {
    #expect(throws: JSONFailure.self) { try JSONParser.parse(Array(text.utf8)) }
  }

  @Test func refusesWhatIsNotUTF8() {
    #expect(throws: JSONFailure.notUTF8) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
    #expect(throws: JSONFailure.notUTF8) { try JSONParser.parse([0x22, 0xC0, 0x80, 0x22]) }
  }

  @Test func boundsDepth() throws {
    let deepest = JSONParser.deepest
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    _ = try JSONParser.parse(nested(deepest))
    #expect(throws: JSONFailure.tooDeep(limit: deepest, at: deepest)) { try JSONParser.parse(nested(deepest + 1)) }
  }

  @Test func refusesRepeatedKeys() {
    #expect(throws: JSONFailure.repeatedKey("a")) { try JSONParser.parse(Array(#"{"a":1,"\u0061":2}"#.utf8)) }
  }
}

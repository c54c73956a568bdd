import Enrollment
import Testing
import WireFormats

@Suite struct SCEPQueryTests {
  private static let bytes: [UInt8] = [0xFB, 0xEF, 0xBE, 0xFF, 0xFF, 0x00, 0x01]
  private static let text = Base64.encode(bytes)

  /// Escaped, not escaped, and with the plus signs that a proxy made spaces of.
  @Test func messages() {
    let escaped = Self.text.reduce(into: "") { text, character in
      text += ["+": "%2B", "/": "%2f", "=": "%3D"][character] ?? String(character)
    }
    let spaced = String(Self.text.map { $0 == "+" ? " " : $0 })
    for form in [Self.text, escaped, spaced, escaped.replacing("%2B", with: "%20"), Self.text + "%0A"] {
      let query = SCEPQuery(parsing: "operation=PKIOperation&message=\(form)")
      #expect(query.operation == .pkiOperation)
      #expect(query.message == Self.bytes)
    }
  }

  @Test(arguments: SCEPOperation.allCases)
  func operations(_ operation: SCEPOperation) {
    #expect(SCEPQuery(parsing: "operation=\(operation.rawValue)").operation == operation)
    #expect(SCEPQuery(parsing: "message=any&operation=\(operation.rawValue)").operation == operation)
  }

  @Test(arguments: ["", "operation", "operation=", "operation=Other", "=&=&", "message=%2", "message=%ZZ", "message=*"])
  func refused(_ text: String) {
    let query = SCEPQuery(parsing: text)
    #expect(query.operation == nil)
    #expect(query.message == nil)
  }
}

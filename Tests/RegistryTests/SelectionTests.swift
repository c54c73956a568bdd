import Registry
import Testing
import WireFormats

/// What stands after `--where`: its grammar, its bounds, and where it says that a text is wrong.
@Suite struct SelectionTests {
  private static let now = Sample.start

  @Test(arguments: [
    "product=pump", "product = 'a pump' and label.batch=42", "not state=retired", "overdue", "overdue>2d",
    "(product=pump or product=valve) and overdue", "serial~A- and lot in (1, 2,'3')", "last_contact=never",
    "registered>=2026-01-01 and registered<2026-02-01", "expires<7d", "label.a.b_c-d!=''",
    "PRODUCT_X='' or kind=device",
    "key=0a0b", "authority=operational-1", "hardware_revision>=B", "registered=2026-11-21T08:00:00Z",
  ])
  func `Selections are read`(_ text: String) throws {
    let isWrong = text.hasPrefix("PRODUCT_X")
    #expect((try? Selection(parsing: text, of: .devices, at: Self.now)) == nil ? isWrong : !isWrong, "\(text)")
  }

  @Test(arguments: [
    ("device=PUMP-7 and act=certificate.renew", true), ("at>=2026-11-01 and outcome=refused", true),
    ("detail.code=expired or reason!=''", true), ("device~PUMP", false), ("label.a=1", false), ("detail.a b=1", false),
    ("outcome=maybe", false), ("at<7d", true),
  ])
  func `Entries of the log are selected`(_ text: String, _ isRead: Bool) {
    #expect(((try? Selection(parsing: text, of: .entries, at: Self.now)) != nil) == isRead, "\(text)")
  }

  struct Wrong: Sendable {
    let text: String
    let position: Int
    let expected: String
  }

  @Test(arguments: [
    Wrong(text: "", position: 1, expected: "a field, 'not' or '('"),
    Wrong(text: "product", position: 8, expected: "= != < <= > >= ~ or in"),
    Wrong(text: "product=", position: 9, expected: "a value"),
    Wrong(text: "product=pump lot=7", position: 14, expected: "'and', 'or' or the end"),
    Wrong(text: "(product=pump", position: 14, expected: "'and', 'or' or ')'"),
    Wrong(text: "product=pump)", position: 13, expected: "'and', 'or' or the end"),
    Wrong(text: "product='pump", position: 14, expected: "the closing '"),
    Wrong(text: "state=asleep", position: 7, expected: "registered, active, suspended, retired"),
    Wrong(text: "state<active", position: 6, expected: "= != or in"),
    Wrong(text: "overdue=2d", position: 8, expected: "< <= > or >=, or overdue alone"),
    Wrong(text: "overdue>soon", position: 9, expected: "a length of time such as 2d"),
    Wrong(
      text: "expires<soon", position: 9,
      expected: "a length of time such as 2d, a date such as 2026-11-21, a time in UTC, or never"),
    Wrong(text: "expires=2d", position: 9, expected: "a date, or < or > before a length of time"),
    Wrong(text: "expires<never", position: 9, expected: "= never or != never"),
    Wrong(text: "lot in 7", position: 8, expected: "'('"),
    Wrong(text: "lot in (7 8)", position: 11, expected: "',' or ')'"),
    Wrong(text: "key=xyz", position: 5, expected: "hexadecimal"), Wrong(text: "lot!7", position: 4, expected: "!="),
  ])
  func `A wrong one says where and what was expected`(_ wrong: Wrong) {
    do throws(SelectionError) {
      _ = try Selection(parsing: wrong.text, of: .devices, at: Self.now)
      Issue.record("\(wrong.text) was read")
    } catch {
      #expect(error.position == wrong.position, "\(wrong.text): \(error)")
      #expect(error.expected == wrong.expected, "\(wrong.text): \(error)")
    }
  }

  @Test func `An unknown field is told which are known`() {
    #expect(throws: SelectionError.self) { _ = try Selection(parsing: "status=good", of: .devices, at: Self.now) }
    #expect(throws: Never.self) { _ = try Selection(parsing: "status=good", of: .certificates, at: Self.now) }
    #expect(throws: SelectionError.self) { _ = try Selection(parsing: "label.x=1", of: .grants, at: Self.now) }
  }

  @Test func `Length, depth and values are bounded`() {
    let deep = String(repeating: "(", count: 16) + "lot=1" + String(repeating: ")", count: 16)
    let long = "lot='" + String(repeating: "x", count: 2048) + "'"
    let many = "lot in (" + Array(repeating: "1", count: 257).joined(separator: ",") + ")"
    let nots = String(repeating: "not ", count: 400) + "lot=1"
    for text in [deep, long, many, nots] {
      #expect(throws: SelectionError.self) { _ = try Selection(parsing: text, of: .devices, at: Self.now) }
    }
  }

  /// No text traps or hangs the parser.
  @Test func `Any text is a selection or an error`() {
    let pieces = [
      "(", ")", "and", "or", "not", "in", "=", "!=", "<", "~", ",", "'", "\"", "lot", "overdue", "2d", "é", "\u{0}",
    ]
    var random = SeededNumbers(seed: 7)
    for _ in 0..<3000 {
      let text = (0..<Int.random(in: 0..<12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
        .joined(separator: Bool.random(using: &random) ? " " : "")
      _ = try? Selection(parsing: text, of: .devices, at: Self.now)
    }
  }
}

private struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}

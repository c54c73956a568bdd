import WireFormats

extension Page {
  /// From rows of which one more than `limit` was asked: that one only says that there is a next page.
  init(_ rows: [Item], limit: Int, cursor: (Item) -> Cursor) {
    let limit = Swift.max(limit, 1)
    let items = Array(rows.prefix(limit))
    self.init(items: items, next: rows.count > limit ? items.last.map(cursor) : nil)
  }
}

extension Int {
  /// For a LIMIT that asks for one row more.
  var saturatedSuccessor: Int { self == .max ? self : self + 1 }
}

extension Cursor {
  /// Texts as hexadecimal joined by dots: safe in an address, and without escaping.
  init(texts: [String]) { self.init(rawValue: texts.map { Hex.encode(Array($0.utf8)) }.joined(separator: ".")) }

  init(numbers: [Int64]) { self.init(rawValue: numbers.map(String.init).joined(separator: ".")) }

  func texts(_ count: Int) throws(StoreError) -> [String] {
    let texts = rawValue.split(separator: ".", omittingEmptySubsequences: false).compactMap {
      Hex.decode($0).flatMap { String(validating: $0, as: UTF8.self) }
    }
    guard texts.count == count else { throw .invalidCursor }
    return texts
  }

  func numbers(_ count: Int) throws(StoreError) -> [Int64] {
    let numbers = rawValue.split(separator: ".", omittingEmptySubsequences: false).compactMap { Int64($0) }
    guard numbers.count == count else { throw .invalidCursor }
    return numbers
  }
}

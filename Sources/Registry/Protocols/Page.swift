/// Where a list goes on: opaque text that a store made and only the same list of that store understands.
public struct Cursor: Hashable, Sendable, RawRepresentable {
  public let rawValue: String

  /// Any text; a list that cannot read it throws `StoreError.invalidCursor`.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// A part of a list. Rows present throughout the paging appear exactly once, whatever is inserted meanwhile.
public struct Page<Item: Sendable>: Sendable {
  public let items: [Item]
  /// Nil on the last page.
  public let next: Cursor?

  public init(items: [Item], next: Cursor?) {
    self.items = items
    self.next = next
  }
}

extension Page: Equatable where Item: Equatable {}

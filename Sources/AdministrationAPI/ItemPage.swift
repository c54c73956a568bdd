/// One page of a list: `{"items": […], "next": "cursor"}`. `next` is absent on the last page; it goes back as `after`.
public struct ItemPage<Item: Codable & Sendable>: Codable, Sendable {
  public var items: [Item]
  public var next: String?

  public init(items: [Item], next: String? = nil) {
    self.items = items
    self.next = next
  }

  /// A longer page may not be asked for.
  public static var longest: Int { 1000 }
}

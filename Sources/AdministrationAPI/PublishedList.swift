/// A CRL just published.
public struct PublishedList: Codable, Hashable, Sendable {
  public var number: Int64
  public var thisUpdate: String
  public var nextUpdate: String

  public init(number: Int64, thisUpdate: String, nextUpdate: String) {
    self.number = number
    self.thisUpdate = thisUpdate
    self.nextUpdate = nextUpdate
  }

  enum CodingKeys: String, CodingKey {
    case number
    case thisUpdate = "this_update"
    case nextUpdate = "next_update"
  }
}

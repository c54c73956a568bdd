import Registry
import WireFormats

/// What a grant allows.
public struct GrantTerms: Hashable, Sendable {
  /// Serials of one length, from the first to the last in the order of their characters, both included.
  public struct SerialRange: Hashable, Sendable {
    public let from: String
    public let to: String

    public init(from: String, to: String) {
      self.from = from
      self.to = to
    }
  }

  public var profile: String
  /// How many devices it lets in.
  public var uses: Int
  public var lifetime: Span
  public var lot: String?
  public var serials: SerialRange?
  /// Beside the range, or instead of one: these serials.
  public var listed: [String]
  /// Whether its secret is sealed beside its digest, for doors that check a MAC with it.
  public var forMAC: Bool
  /// The name of the one station that may use it.
  public var station: String?

  public init(
    profile: String, uses: Int, lifetime: Span, lot: String? = nil, serials: SerialRange? = nil, listed: [String] = [],
    forMAC: Bool = false, station: String? = nil
  ) {
    self.profile = profile
    self.uses = uses
    self.lifetime = lifetime
    self.lot = lot
    self.serials = serials
    self.listed = listed
    self.forMAC = forMAC
    self.station = station
  }

  /// Checks every field but the profile's existence.
  func validate() throws(Refusal) {
    guard uses >= 1, uses <= GrantService.mostUses else {
      throw Refusal(.badRequest, "a grant has between 1 and \(GrantService.mostUses) uses")
    }
    guard lifetime >= .seconds(1), lifetime <= GrantService.longestLifetime else {
      throw Refusal(.badRequest, "a grant lives between 1s and \(GrantService.longestLifetime)")
    }
    try RecordText.check(lot, named: "lot", upTo: 64)
    try RecordText.check(station, named: "station", upTo: 64)
    guard listed.count <= GrantService.mostListed, listed.allSatisfy(DeviceRecord.isValidSerial) else {
      throw Refusal(.badRequest, "a grant lists at most \(GrantService.mostListed) serials, and nothing else")
    }
    guard let serials else { return }
    guard DeviceRecord.isValidSerial(serials.from), DeviceRecord.isValidSerial(serials.to) else {
      throw Refusal(.badRequest, "the range's ends are not serials")
    }
    guard serials.from.utf8.count == serials.to.utf8.count,
      !serials.to.utf8.lexicographicallyPrecedes(serials.from.utf8)
    else { throw Refusal(.badRequest, "a range goes from a serial to a later one of the same length") }
  }
}

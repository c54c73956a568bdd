/// What an order asks for (RFC 8555 §7.1.3): a name, an address or a device.
public struct ACMEIdentifier: Hashable, Sendable, Comparable {
  public enum Kind: String, Sendable, CaseIterable {
    case dns
    /// RFC 8738.
    case ip
    /// draft-ietf-acme-device-attest-07 §3: a serial, with the assigner's identifier behind a slash where there is one.
    case permanentIdentifier = "permanent-identifier"
    /// draft-ietf-acme-device-attest-07 §4: the module's serial, a slash, and its type.
    case hardwareModule = "hardware-module"
  }

  public let kind: Kind
  /// Without line breaks.
  public let value: String

  public init(_ kind: Kind, _ value: String) { (self.kind, self.value) = (kind, value) }

  public static func < (left: ACMEIdentifier, right: ACMEIdentifier) -> Bool {
    (left.kind.rawValue, left.value) < (right.kind.rawValue, right.value)
  }

  /// `dns example.com`.
  public var text: String { "\(kind.rawValue) \(value)" }

  public init?(text: some StringProtocol) {
    let parts = text.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])) else { return nil }
    self.init(kind, String(parts[1]))
  }
}

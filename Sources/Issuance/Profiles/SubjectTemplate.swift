import Credentials
import WireFormats

/// Text with placeholders from which names in certificates are made: `{serial}`, `{product}`, `{lot}`,
/// `{hardware-revision}`, `{organization}`, `{manufacturer}`.
public struct SubjectTemplate: Sendable, Hashable {
  public enum Placeholder: String, Sendable, CaseIterable {
    case serial, product, lot, organization, manufacturer
    case hardwareRevision = "hardware-revision"
  }

  enum Piece: Sendable, Hashable {
    case text(String)
    case value(Placeholder)
  }

  let pieces: [Piece]

  /// One attribute of the subject.
  public struct Attribute: Sendable, Hashable {
    public let name: String
    public let type: ObjectIdentifier
    public let template: SubjectTemplate
  }

  /// One subject alternative name.
  public struct Name: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable { case dns, uri, email }
    public let kind: Kind
    public let template: SubjectTemplate
  }

  /// Nil for an unknown placeholder, an unclosed brace or more than 256 characters.
  public init?(_ text: String) {
    guard text.count <= 256, !text.isEmpty else { return nil }
    var pieces: [Piece] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
      guard let close = rest[open...].firstIndex(of: "}"),
        let placeholder = Placeholder(rawValue: String(rest[rest.index(after: open)..<close]))
      else { return nil }
      pieces.append(.value(placeholder))
      rest = rest[rest.index(after: close)...]
    }
    guard !rest.contains("}") else { return nil }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
    self.pieces = pieces
  }

  /// The text for one subject; nil when a value that it needs is not known.
  public func rendered(with values: [Placeholder: String]) -> String? {
    var text = ""
    for piece in pieces {
      switch piece {
      case .text(let fixed): text += fixed
      case .value(let placeholder):
        guard let value = values[placeholder], !value.isEmpty else { return nil }
        text += value
      }
    }
    return text
  }
}

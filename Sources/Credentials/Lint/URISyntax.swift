/// RFC 5280 §4.2.1.6: never relative, with a scheme and a part of its own, after RFC 3986.
enum URISyntax: GeneralNameRule {
  static let name = "uri-syntax"

  static func objection(to name: GeneralName) -> String? {
    guard case .uri(let text) = name else { return nil }
    return URIReference.isAbsolute(text) ? nil : "\(name) is not an absolute URI"
  }
}

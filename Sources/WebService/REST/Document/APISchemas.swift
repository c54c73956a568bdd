/// The schemas of the interface, by name: requests are checked against them, tests hold answers to them, and the OpenAPI
/// document shows them.
package enum APISchemas {
  package static let all: [String: Schema] = Dictionary(listed) { first, _ in first }
  /// In the order of the document.
  static let listed: [(String, Schema)] =
    deviceSchemas + grantSchemas + certificateSchemas + profileSchemas + authoritySchemas + auditSchemas + trustSchemas
    + notificationSchemas + administratorSchemas + rolloverSchemas + addedAuthoritySchemas + fleetSchemas
    + requestSchemas + tpmSchemas + attestationSchemas
    + [("Problem", problem)]

  static func page(of name: String) -> Schema {
    .object(
      "One page of a list.",
      [
        .required("items", .array(of: .named(name), description: "In the list's order.", most: 1000)),
        .optional("next", .string(description: "Where the list goes on: send it as `after`.", longest: 1024)),
      ])
  }

  static func text(_ description: String, _ longest: Int = 512) -> Schema {
    .string(description: description, longest: longest)
  }

  static func time(_ description: String) -> Schema {
    .string(description: description, longest: 32, format: "date-time")
  }

  static let span = Schema.string(description: "For example 90s, 15m, 24h or 7d.", longest: 16)
  static let pem = Schema.string(description: "PEM (RFC 7468).", longest: 256 * 1024)

  static func count(_ description: String) -> Schema { .integer(description: description, 0...(.max)) }

  private static let problem = Schema.object(
    "Why a request was not served (RFC 9457).",
    [
      .required("type", text("Always about:blank: `code` tells the cases apart.")),
      .required("title", text("The status in words.")),
      .required("status", .integer(description: "The HTTP status.", 100...599)),
      .required("code", text("Stable, for programs.")),
      .optional("detail", text("One sentence.", 4096)),
      .optional("rule", text("The rule of a profile that refused.")),
      .optional("hint", text("What to do about it.", 4096)),
      .optional("epoch", count("Of not_in_log: the log's epoch.")),
      .optional("size", count("Of not_in_log: how many entries the log has.")),
      .optional("after", text("Of not_in_log: where to go on; without it, at the log's beginning.")),
    ])
}

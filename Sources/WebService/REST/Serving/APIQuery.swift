import Registry
import WireFormats

/// A query parameter that a route knows.
struct QueryParameter: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case text, limit, cursor, number, flag, span, selection
    case choice([String])
  }

  let name: String
  let kind: Kind
  let description: String
  var repeats = false

  static let limit = QueryParameter(
    name: "limit", kind: .limit, description: "Items of a page: 1 to 1000, usually 100.")
  static let after = QueryParameter(
    name: "after", kind: .cursor, description: "Where the list goes on: `next` of the page before.")
  static let paging = [limit, after]
  static let manufacturer = QueryParameter(
    name: "manufacturer", kind: .text,
    description: "Whose serial it is; without it the organization's own device, or the only one with this serial.")
}

/// The query of one request (the part after `?`), with nothing in it that the route does not know.
struct APIQuery: Hashable, Sendable {
  private let values: [String: [String]]

  static let none = APIQuery(values: [:])

  private init(values: [String: [String]]) { self.values = values }

  /// Throws `ProblemDetails` 400 for parameters that are unknown, repeated or malformed.
  init(parsing text: String?, known: [QueryParameter]) throws(ProblemDetails) {
    var values: [String: [String]] = [:]
    for pair in (text ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentDecoding.decode(parts.first ?? "", plusIsSpace: true),
        let value = PercentDecoding.decode(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
      else { throw .badRequest("the query is not encoded as addresses are") }
      guard let parameter = known.first(where: { $0.name == name }) else {
        throw .badRequest("the query parameter \"\(name)\" is not known", hint: Self.hint(known))
      }
      guard parameter.repeats || values[name] == nil else {
        throw .badRequest("the query parameter \"\(name)\" stands there twice")
      }
      try parameter.check(value)
      values[name, default: []].append(value)
    }
    self.values = values
  }

  private static func hint(_ known: [QueryParameter]) -> String {
    known.isEmpty ? "this address takes none" : "known are " + known.map(\.name).joined(separator: ", ")
  }

  subscript(name: String) -> String? { values[name]?.first }
  func all(_ name: String) -> [String] { values[name] ?? [] }

  func flag(_ name: String) -> Bool { self[name] == "true" }
  func number(_ name: String) -> Int64? { self[name].flatMap { Int64($0) } }
  func span(_ name: String) -> Span? { self[name].flatMap { Span($0) } }
  var limit: Int { self["limit"].flatMap { Int($0) } ?? 100 }
  var cursor: Cursor? { self["after"].map { Cursor(rawValue: $0) } }
}

extension QueryParameter {
  fileprivate func check(_ value: String) throws(ProblemDetails) {
    guard value.utf8.count <= longest else { throw .badRequest("\(name) is too long") }
    switch kind {
    case .text, .cursor, .selection: return
    case .limit:
      guard let limit = Int(value), (1...1000).contains(limit) else {
        throw .badRequest("limit is a number from 1 to 1000")
      }
    case .number:
      guard let number = Int64(value), number >= 0 else { throw .badRequest("\(name) is a number, 0 or more") }
    case .flag:
      guard value == "true" || value == "false" else { throw .badRequest("\(name) is true or false") }
    case .span:
      guard Span(value) != nil else { throw .badRequest("\(name) is a time such as 90s, 15m, 24h or 7d") }
    case .choice(let choices):
      guard choices.contains(value) else {
        throw .badRequest("\(name) is none of the known values", hint: "known are " + choices.joined(separator: ", "))
      }
    }
  }

  /// Octets.
  private var longest: Int { kind == .selection ? 2048 : 512 }

  /// As OpenAPI 3.1 writes it.
  var document: JSONValue {
    [
      "name": .string(name), "in": "query", "required": false, "description": .string(description),
      "schema": repeats ? ["type": "array", "items": schema] : schema,
    ]
  }

  private var schema: JSONValue {
    switch kind {
    case .text, .cursor, .selection: ["type": "string", "maxLength": .integer(Int64(longest))]
    case .limit: ["type": "integer", "minimum": 1, "maximum": 1000, "default": 100]
    case .number: ["type": "integer", "minimum": 0]
    case .flag: ["type": "boolean", "default": false]
    case .span: ["type": "string", "pattern": "^[0-9]+[smhdwy]$"]
    case .choice(let choices): ["type": "string", "enum": .array(choices.map(JSONValue.string))]
    }
  }
}

extension ProblemDetails {
  static func badRequest(_ detail: String, hint: String? = nil) -> ProblemDetails {
    ProblemDetails(.badRequest, code: "bad_request", detail, hint: hint)
  }
}

import WireFormats

/// What a JSON value must be: the one description that checks requests and that the OpenAPI document shows.
public indirect enum Schema: Hashable, Sendable {
  /// Octets of UTF-8; `format` is JSON Schema's, or a word of the document's own for people.
  case string(description: String, longest: Int, format: String? = nil)
  case choice(description: String, [String])
  case integer(description: String, ClosedRange<Int64>)
  case boolean(description: String)
  case array(of: Schema, description: String, most: Int)
  /// Any keys, each with a string.
  case texts(description: String)
  /// Any keys, each with a number from 0 up.
  case counts(description: String)
  case object(String, [Property])
  /// Another schema of the document, by its name.
  case named(String)

  /// A member of an object.
  public struct Property: Hashable, Sendable {
    public let name: String
    public let schema: Schema
    /// An absent member is the same as null.
    public let isRequired: Bool

    public static func required(_ name: String, _ schema: Schema) -> Property {
      Property(name: name, schema: schema, isRequired: true)
    }

    public static func optional(_ name: String, _ schema: Schema) -> Property {
      Property(name: name, schema: schema, isRequired: false)
    }
  }
}

/// Why a value is not what its schema says, with the member's path.
public struct SchemaViolation: Error, Hashable, Sendable {
  /// For example `labels.line`; empty for the value itself.
  public let path: String
  public let reason: String
  public let hint: String?

  init(_ path: [String], _ reason: String, hint: String? = nil) {
    self.path = path.joined(separator: ".")
    self.reason = reason
    self.hint = hint
  }

  public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}

extension Schema {
  /// Refuses what the schema does not say: unknown members too.
  ///
  /// - Parameter names: the schemas that `named` refers to.
  public func check(_ value: JSONValue, names: [String: Schema]) throws(SchemaViolation) {
    try check(value, at: [], names: names)
  }

  private func check(_ value: JSONValue, at path: [String], names: [String: Schema]) throws(SchemaViolation) {
    switch (self, value) {
    case (.named(let name), _):
      guard let schema = names[name] else { throw SchemaViolation(path, "no schema is called \(name)") }
      try schema.check(value, at: path, names: names)
    case (.string(_, let longest, _), .string(let text)):
      guard text.utf8.count <= longest else { throw SchemaViolation(path, "is longer than \(longest) octets") }
    case (.choice(_, let choices), .string(let text)):
      guard choices.contains(text) else {
        throw SchemaViolation(path, "is none of the known values", hint: "known are " + choices.joined(separator: ", "))
      }
    case (.integer(_, let range), .integer(let number)):
      guard range.contains(number) else {
        throw SchemaViolation(path, "is not between \(range.lowerBound) and \(range.upperBound)")
      }
    case (.boolean, .boolean): return
    case (.array(let element, _, let most), .array(let elements)):
      guard elements.count <= most else { throw SchemaViolation(path, "has more than \(most) elements") }
      for (index, value) in elements.enumerated() { try element.check(value, at: path + ["\(index)"], names: names) }
    case (.texts, .object(let members)):
      for member in members {
        guard case .string = member.value else { throw SchemaViolation(path + [member.key], "is not a string") }
      }
    case (.counts, .object(let members)):
      for member in members {
        guard case .integer(0...) = member.value else { throw SchemaViolation(path + [member.key], "is not a count") }
      }
    case (.object(_, let properties), .object(let members)):
      try Self.check(members, against: properties, at: path, names: names)
    default: throw SchemaViolation(path, "is \(value.kind), not \(expectation)")
    }
  }

  private static func check(
    _ members: [JSONValue.Member], against properties: [Property], at path: [String], names: [String: Schema]
  ) throws(SchemaViolation) {
    for member in members {
      guard let property = properties.first(where: { $0.name == member.key }) else {
        throw SchemaViolation(
          path, "the key \"\(member.key)\" is not known",
          hint: "known are " + properties.map(\.name).joined(separator: ", "))
      }
      if member.value == .null, !property.isRequired { continue }
      try property.schema.check(member.value, at: path + [member.key], names: names)
    }
    for property in properties where property.isRequired && !members.contains(where: { $0.key == property.name }) {
      throw SchemaViolation(path, "the key \"\(property.name)\" is missing")
    }
  }

  private var expectation: String {
    switch self {
    case .string, .choice: "a string"
    case .integer: "an integer"
    case .boolean: "a boolean"
    case .array: "an array"
    case .texts, .counts, .object, .named: "an object"
    }
  }
}

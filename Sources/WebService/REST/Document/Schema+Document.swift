import WireFormats

extension Schema {
  /// As OpenAPI 3.1 writes it, which is JSON Schema 2020-12.
  var document: JSONValue {
    switch self {
    case .string(let description, let longest, let format):
      var members: [JSONValue.Member] = [.init("type", "string"), .init("description", .string(description))]
      if let format { members.append(.init("format", .string(format))) }
      return .object(members + [.init("maxLength", .integer(Int64(longest)))])
    case .choice(let description, let choices):
      return [
        "type": "string", "description": .string(description), "enum": .array(choices.map(JSONValue.string)),
      ]
    case .integer(let description, let range):
      return [
        "type": "integer", "description": .string(description), "minimum": .integer(range.lowerBound),
        "maximum": .integer(range.upperBound),
      ]
    case .boolean(let description): return ["type": "boolean", "description": .string(description)]
    case .array(let element, let description, let most):
      return [
        "type": "array", "description": .string(description), "items": element.document,
        "maxItems": .integer(Int64(most)),
      ]
    case .texts(let description):
      return ["type": "object", "description": .string(description), "additionalProperties": ["type": "string"]]
    case .counts(let description):
      return [
        "type": "object", "description": .string(description),
        "additionalProperties": ["type": "integer", "minimum": 0],
      ]
    case .object(let description, let properties): return Self.object(description, properties)
    case .named(let name): return ["$ref": .string("#/components/schemas/\(name)")]
    }
  }

  private static func object(_ description: String, _ properties: [Property]) -> JSONValue {
    let required = properties.filter(\.isRequired).map { JSONValue.string($0.name) }
    var members: [JSONValue.Member] = [
      .init("type", "object"), .init("description", .string(description)),
      .init("properties", .object(properties.map { .init($0.name, $0.document) })),
    ]
    if !required.isEmpty { members.append(.init("required", .array(required))) }
    return .object(members + [.init("additionalProperties", false)])
  }
}

extension Schema.Property {
  /// JSON Schema has no word for "absent or null" but a union.
  fileprivate var document: JSONValue {
    isRequired ? schema.document : ["anyOf": [schema.document, ["type": "null"]]]
  }
}

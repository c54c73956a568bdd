import HTTPTypes
import Issuance
import WireFormats

/// The interface as an OpenAPI 3.1 document.
enum OpenAPIDocument {
  static func of(_ routes: [APIRoute], base: String) -> JSONValue {
    var paths: [JSONValue.Member] = []
    for path in routes.map(\.path) where !paths.contains(where: { $0.key == path }) {
      paths.append(.init(path, item(routes.filter { $0.path == path })))
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": "Touchmark", "version": "1", "summary": "Administration of device identities",
        "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
      ],
      "servers": [["url": .string(base)]],
      "paths": .object(paths),
      "components": [
        "schemas": .object(APISchemas.listed.map { .init($0.0, $0.1.document) }), "responses": ["Problem": problem],
        "parameters": ["IdempotencyKey": idempotencyKey],
        "securitySchemes": [
          "administrator": [
            "type": "mutualTLS", "description": "A certificate that has an administrator's record.",
          ],
          "device": [
            "type": "http", "scheme": "basic",
            "description": "A device's serial and secret, or a grant's name and secret.",
          ],
          "deviceCertificate": [
            "type": "mutualTLS", "description": "A device's own current certificate.",
          ],
        ],
      ],
      "tags": .array(tags(routes).map { ["name": .string($0)] }),
    ]
  }

  private static let problem: JSONValue = [
    "description": "Why the request was not served.",
    "content": ["application/problem+json": ["schema": Schema.named("Problem").document]],
  ]

  private static let idempotencyKey: JSONValue = [
    "name": "Idempotency-Key", "in": "header", "required": false,
    "description": "A fresh key for each request; repeating the request under it gives the same answer for 24 hours.",
    "schema": ["type": "string", "minLength": 1, "maxLength": 255],
  ]

  private static func tags(_ routes: [APIRoute]) -> [String] {
    routes.map(\.tag).reduce(into: []) { tags, tag in if !tags.contains(tag) { tags.append(tag) } }
  }

  private static func item(_ routes: [APIRoute]) -> JSONValue {
    .object(routes.map { .init($0.method.rawValue.lowercased(), operation($0)) })
  }

  private static func operation(_ route: APIRoute) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("operationId", .string(route.operation)), .init("summary", .string(route.summary)),
      .init("tags", [.string(route.tag)]),
    ]
    if case .roles(let roles) = route.access {
      let names = roles.map(\.rawValue).sorted().joined(separator: ", ")
      members.append(.init("description", .string("Roles: \(names).")))
    }
    let parameters = parameters(of: route)
    if !parameters.isEmpty { members.append(.init("parameters", .array(parameters))) }
    if let body = route.body { members.append(.init("requestBody", document(of: body))) }
    members.append(.init("responses", responses(of: route)))
    members.append(.init("security", security(of: route.access)))
    return .object(members)
  }

  private static func parameters(of route: APIRoute) -> [JSONValue] {
    let segments = route.segments.map { name -> JSONValue in
      ["name": .string(name), "in": "path", "required": true, "schema": ["type": "string"]]
    }
    let key: [JSONValue] = route.isWrite ? [["$ref": "#/components/parameters/IdempotencyKey"]] : []
    return segments + route.query.map(\.document) + key
  }

  private static func document(of body: APIRoute.Body) -> JSONValue {
    switch body {
    case .json(let schema, let required):
      [
        "required": .boolean(required),
        "content": ["application/json": ["schema": Schema.named(schema).document]],
      ]
    case .text(let types, _):
      ["required": true, "content": .object(types.map { .init($0, ["schema": ["type": "string"]]) })]
    }
  }

  private static func responses(of route: APIRoute) -> JSONValue {
    let content: JSONValue =
      switch route.success.content {
      case .json(let schema): ["application/json": ["schema": schema.document]]
      case .text(let type): .object([.init(type, ["schema": ["type": "string"]])])
      }
    return .object([
      .init("\(route.success.status)", ["description": .string(route.success.description), "content": content]),
      .init("default", ["$ref": "#/components/responses/Problem"]),
    ])
  }

  private static func security(of access: APIRoute.Access) -> JSONValue {
    switch access {
    case .open: []
    case .device: [["device": []]]
    case .deviceCertificate: [["deviceCertificate": []]]
    case .roles: [["administrator": []]]
    }
  }
}

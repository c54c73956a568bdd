import HTTPTypes
import Hummingbird
import NIOHTTP1
import TestKit
import Testing
import WebService
import WireFormats

/// The OpenAPI document says what the routes do, and the routes do what it says.
@Suite struct RESTDocumentTests {
  /// `METHOD /path` of each operation of the served document.
  static func operations(_ scene: RESTScene) async throws -> [String] {
    let document = try await scene.call(.GET, "/openapi.json", as: "nobody").json()
    guard case .object(let paths)? = document["paths"] else { throw JSONFailure.endsEarly }
    return paths.flatMap { path -> [String] in
      guard case .object(let methods) = path.value else { return [] }
      return methods.map { "\($0.key.uppercased()) \(path.key)" }
    }
  }

  /// `/devices/{serial}` as `/devices/{}`.
  static func withoutNames(_ operation: String) -> String {
    operation.split(separator: "/", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("{") ? "{}" : String($0) }.joined(separator: "/")
  }

  @Test func itHasEveryRouteAndNoOther() async throws {
    try await RESTScene.with { scene in
      let documented = Set(try await Self.operations(scene))
      let router = Router(context: WebRequestContext.self)
      scene.routes.register(on: router)
      let registered = Set(router.routes.map { "\($0.method) " + "\($0.path)".dropFirst("/api/v1".count) })
      #expect(documented.subtracting(registered).isEmpty)
      // What is registered beside it only says which methods there are.
      for operation in registered.subtracting(documented) {
        let parts = operation.split(separator: " ")
        let path = String(parts[1]).split(separator: "{").first.map(String.init) ?? ""
        let segments = parts[1].split(separator: "/").map { $0.hasPrefix("{") ? "X" : String($0) }
        let answer = try await scene.call(
          HTTPMethod(rawValue: String(parts[0])), "/" + segments.joined(separator: "/"))
        #expect(answer.status == 405, "\(operation) is not documented: \(path)")
      }
      #expect(documented.count > 25)
    }
  }

  @Test func itIsValid() async throws {
    try await RESTScene.with { scene in
      let answer = try await scene.call(.GET, "/openapi.json", as: "nobody")
      #expect(answer.headers.first(name: "content-type") == "application/json")
      let checked = try await run(
        "python3",
        [
          "-c",
          """
          import json, sys
          try:
            import openapi_spec_validator
          except ImportError:
            print("no validator"); sys.exit(0)
          openapi_spec_validator.validate(json.load(sys.stdin)); print("valid")
          """,
        ], input: answer.body)
      #expect(checked.status == 0, "\(checked.errors)")
      #expect(["valid\n", "no validator\n"].contains(checked.text))
    }
  }

  /// Another parser reads what ours writes.
  @Test func itNamesRolesErrorsAndKeys() async throws {
    try await RESTScene.with { scene in
      let document = try await scene.call(.GET, "/openapi.json", as: "nobody").json()
      #expect(document["openapi"] == "3.1.0")
      let suspend = document["paths"]?["/devices/{serial}/suspend"]?["post"]
      #expect(suspend?["operationId"] == "suspendDevice")
      #expect(suspend?["description"] == "Roles: administrator, operator.")
      #expect(suspend?["responses"]?["default"]?["$ref"] == "#/components/responses/Problem")
    }
  }
}

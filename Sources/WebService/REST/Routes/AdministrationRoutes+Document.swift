import WireFormats

extension AdministrationRoutes {
  var documentRoutes: [APIRoute] {
    [
      APIRoute(
        method: .get, path: "/openapi.json", operation: "showDocument", summary: "This document.", tag: "document",
        access: .open,
        success: APIRoute.Success(
          status: 200, description: "An OpenAPI 3.1 document", content: .text("application/json")),
        handler: .open { _ in
          APIAnswer(contentType: "application/json", body: Array(openAPIDocument.written().utf8))
        })
    ]
  }

  /// Built from the routes themselves, so that it cannot say what they do not.
  var openAPIDocument: JSONValue { OpenAPIDocument.of(routes, base: Self.base) }
}

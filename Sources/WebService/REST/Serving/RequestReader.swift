import Enrollment
import HTTPTypes
import Hummingbird
import Issuance
import WireFormats

/// Reads a request as its route describes it, and refuses everything else by name.
struct RequestReader {
  let route: APIRoute
  let bounds: WebServerConfiguration.Bounds

  /// Who shows no secret at a device's door is answered before anything of the body is read.
  func checkCredentials(_ request: Request) throws(Refusal) {
    guard route.access == .device else { return }
    guard let field = request.headers[.authorization], BasicAuthorization(parsing: field) != nil else {
      throw Refusal(.unauthenticated, "show the device's serial and secret, or a grant's, as HTTP Basic")
    }
  }

  /// A device sends what it would send over EST.
  private var bound: BodyBound { route.access == .device ? bounds.est : bounds.rest }

  /// The body within its bound, of a media type that the route takes, and checked against its schema.
  func body(of request: Request) async throws -> [UInt8] {
    guard let form = route.body else {
      // Nobody has said who they are: nothing is kept for them, and nothing waited for.
      if route.access == .open, route.method == .get { return [] }
      // What commands send as "nothing to say" is taken everywhere.
      let bytes = try await request.bytes(within: bound)
      guard bytes.isEmpty || bytes == Array("{}".utf8) else {
        throw ProblemDetails.badRequest("this address takes no body")
      }
      return []
    }
    switch form {
    case .json(let schema, let required):
      let bytes = try await request.bytes(within: bound)
      if bytes.isEmpty, !required { return Array("{}".utf8) }
      try checkType(request, among: ["application/json"])
      let value = try JSONParser.parse(bytes)
      try Schema.named(schema).check(value, names: APISchemas.all)
      return bytes
    case .text(let types, let kind):
      try checkType(request, among: types)
      return try await request.bytes(within: kind == .rest ? bound : bounds.importing)
    }
  }

  func call(_ request: Request, _ context: WebRequestContext, body: [UInt8]) throws -> APICall {
    var parameters: [String: String] = [:]
    for name in route.segments {
      guard let value = context.parameters.get(name).flatMap({ PercentDecoding.decode($0) }) else {
        throw ProblemDetails.badRequest("the address is not encoded as addresses are")
      }
      parameters[name] = value
    }
    return APICall(
      parameters: parameters, query: try APIQuery(parsing: request.uri.query, known: route.query), body: body,
      isCSV: Self.mediaType(request) == "text/csv", address: context.clientAddress,
      authorization: request.headers[.authorization].flatMap { BasicAuthorization(parsing: $0) },
      certificate: context.peerCertificate)
  }

  /// A client that names no type is taken at its body.
  private func checkType(_ request: Request, among types: [String]) throws(ProblemDetails) {
    guard let type = Self.mediaType(request) else { return }
    guard types.contains(type) else {
      throw ProblemDetails(
        .unsupportedMediaType, code: "unsupported_media_type",
        "this address takes " + types.joined(separator: " or "))
    }
  }

  private static func mediaType(_ request: Request) -> String? {
    request.headers[.contentType]?.split(separator: ";").first?
      .trimmingPrefix { $0 == " " }.lowercased().split(separator: " ").first.map(String.init)
  }
}

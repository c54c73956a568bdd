import AdministrationAPI
import Credentials
import Issuance
import Registry

extension AdministrationRoutes {
  /// The device's own door: its secret and not an administrator's certificate.
  var enrollmentRoutes: [APIRoute] {
    [
      APIRoute(
        method: .post, path: "/enroll", operation: "enroll",
        summary: "Issues a device its certificate: HTTP Basic with its serial and secret, or with a grant's.",
        tag: "enrollment", access: .device,
        query: [QueryParameter(name: "profile", kind: .text, description: "Never widens what the secret allows.")],
        body: .json("EnrollmentBody", required: true), success: .json("IssuedCertificate"),
        handler: .open { call in try await enroll(call) })
    ]
  }

  private func enroll(_ call: APICall) async throws -> APIAnswer {
    guard let authorization = call.authorization else {
      throw Refusal(.unauthenticated, "show the device's serial and secret, or a grant's, as HTTP Basic")
    }
    let label = call.query["profile"].map { ProfileName(rawValue: $0) }
    if let label, label == nil { throw Refusal(.notFound, "no profile has this name") }
    let asked: EnrollmentBody = try call.decoded()
    let request = EnrollmentRequest(
      request: try Self.request(asked.csr),
      credential: .secret(name: authorization.name, secret: authorization.secret), door: .rest, label: label ?? nil,
      isRenewal: false, address: call.address)
    let issued: Issued
    do throws(Refusal) {
      issued = try await services.enrolling.enroll(request)
    } catch {
      throw wrongSecret(error, authorization.name, call)
    }
    return try .json(IssuedCertificate(issued))
  }

  /// The answer to a wrong secret; from the tenth in a minute for one name from one address, another.
  func wrongSecret(_ refusal: Refusal, _ name: String, _ call: APICall) -> any Error {
    guard refusal.code == .unauthenticated,
      let seconds = throttle.noteWrong(name: name, address: call.address, at: services.administration.now())
    else { return refusal }
    return ProblemDetails(
      .tooManyRequests, code: "throttled", throttle.explanation,
      retryAfter: seconds)
  }
}

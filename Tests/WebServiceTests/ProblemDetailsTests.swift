import HTTPTypes
import Hummingbird
import NIOCore
import Testing
import WebService

@Suite struct ProblemDetailsTests {
  // RFC 9457 §3.1
  @Test func rendersItsMembers() async throws {
    let problem = ProblemDetails(
      .unprocessableContent, code: "policy", "RSA is not allowed", rule: "key-algorithm", hint: "use P-256",
      retryAfter: 3)
    let response = problem.response()
    #expect(response.status == .unprocessableContent)
    #expect(response.headers[.contentType] == "application/problem+json")
    #expect(response.headers[.retryAfter] == "3")
    let body = try await text(response)
    #expect(
      body == """
        {"code":"policy","detail":"RSA is not allowed","hint":"use P-256","rule":"key-algorithm","status":422,\
        "title":"Unprocessable Content","type":"about:blank"}
        """)
  }

  @Test func leavesOutWhatItDoesNotKnow() async throws {
    let body = try await text(ProblemDetails(.notFound, code: "not_found").response())
    #expect(body == #"{"code":"not_found","status":404,"title":"Not Found","type":"about:blank"}"#)
  }

  private func text(_ response: Response) async throws -> String {
    let collected = Collected()
    try await response.body.write(collected)
    return collected.text
  }
}

/// Keeps what a response writes.
private final class Collected: ResponseBodyWriter {
  private(set) var text = ""

  func write(_ buffer: ByteBuffer) async throws { text += String(buffer: buffer) }
  func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

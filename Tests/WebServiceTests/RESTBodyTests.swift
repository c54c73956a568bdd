import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import TestKit
import Testing
import WebService

/// What is decided before a request's body has arrived, and what after it.
@Suite struct RESTBodyTests {
  /// A body whose parts are sent when the test says so.
  struct Upload {
    let parts: AsyncStream<ByteBuffer>
    let more: AsyncStream<ByteBuffer>.Continuation

    init() { (parts, more) = AsyncStream.makeStream(of: ByteBuffer.self) }
  }

  private func send(
    _ method: HTTPMethod, _ path: String, _ upload: Upload, of length: Int64, as caller: String, in scene: RESTScene
  ) async throws -> (status: UInt, text: String) {
    var request = HTTPClientRequest(url: scene.url + "/api/v1" + path)
    request.method = method
    request.headers.add(name: "Content-Type", value: "application/json")
    request.body = .stream(upload.parts, length: .known(length))
    let response = try await #require(scene.clients[caller]).execute(request, timeout: .seconds(20))
    let text = try? await response.body.collect(upTo: 1 << 20)
    return (response.status.code, text.map { String(buffer: $0) } ?? "")
  }

  /// Had the body been read, it would be what is wrong.
  @Test func aDeviceWithoutASecretIsAnsweredBeforeItsBody() async throws {
    try await RESTScene.with { scene in
      try await scene.refuses(401, "unauthenticated", .POST, "/enroll", "{", as: "nobody")
    }
  }

  @Test func theDocumentReadsNoBody() async throws {
    try await RESTScene.with { scene in
      let answer = try await scene.call(.GET, "/openapi.json", "{", as: "nobody")
      #expect(answer.status == 200)
    }
  }

  @Test func aDevicesBodyIsBoundAsOverEST() async throws {
    try await RESTScene.with { scene in
      let long = #"{"csr":"\#(String(repeating: "A", count: 65 * 1024))"}"#
      let answer = try await scene.refuses(
        413, "body_too_large", .POST, "/enroll", long, as: "nobody", headers: [RESTScene.basic("A", "b")])
      #expect(answer["detail"]?.contains("est_body_bytes") == true)
    }
  }

  @Test func whoIsRemovedWhileTheBodyIsUnderWayDoesNothing() async throws {
    try await RESTScene.with { scene in
      let body = #"{"serial":"A-1","profile":"operational"}"#
      let upload = Upload()
      upload.more.yield(ByteBuffer(string: String(body.prefix(10))))
      async let answer = send(.POST, "/devices", upload, of: Int64(body.utf8.count), as: "operator", in: scene)
      try await Task.sleep(for: .seconds(1))
      let organization = scene.installation.organization
      let now = scene.installation.clock.now()
      try await scene.installation.store.write { writer in
        for record in try writer.administrators(in: organization) where record.role == .operator {
          try writer.removeAdministrator(fingerprint: record.fingerprint, at: now, in: organization)
        }
      }
      upload.more.yield(ByteBuffer(string: String(body.dropFirst(10))))
      upload.more.finish()
      let refused = try await answer
      #expect(refused.status == 403)
      #expect(refused.text.contains("no administrator's"))
      try await scene.refuses(404, "not_found", .GET, "/devices/A-1")
    }
  }
}

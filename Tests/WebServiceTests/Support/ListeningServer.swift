import Enrollment
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import TestKit
import Testing
import WebService
import WireFormats

/// A server on free ports of this machine, for the length of one test.
struct ListeningServer: Sendable {
  let https: Int
  let http: Int
  let identity: TLSIdentity
  let enrolling: StubEnrolling
  let logs: LogCapture
  let certificates: TestCertificates
  let group: ServiceGroup

  var secureURL: String { "https://localhost:\(https)" }
  var plainURL: String { "http://localhost:\(http)" }

  /// `curl` that trusts the test's root.
  func curl(_ arguments: String..., input: [UInt8] = []) async throws -> Finished {
    try await run("curl", ["-sS", "--cacert", certificates.path("root.pem")] + arguments, input: input)
  }

  static func with(
    _ change: (inout WebServerConfiguration) -> Void = { _ in }, ready: String? = nil, plain: [any WebRoutes] = [],
    _ body: (ListeningServer) async throws -> Void
  ) async throws {
    let certificates = try await TestCertificates.shared.value
    let local = WebServerConfiguration.Endpoint(host: "127.0.0.1", port: 0)
    var configuration = WebServerConfiguration(https: local, http: local)
    change(&configuration)
    let logs = LogCapture()
    let enrolling = StubEnrolling(certificate: try certificates.der("device"))
    let identity = try TLSIdentity(
      certificateChain: [certificates.der("server")], privateKey: certificates.key("server"))
    let est = ESTRoutes(
      service: ESTService(enrolling: enrolling),
      door: DeviceDoor(
        .est, bound: configuration.bounds.est, throttle: WrongSecretThrottle(),
        clock: { Instant(seconds: 1_800_000_000) }, logger: logs.logger()))
    let probe = ProbeRoutes(bound: configuration.bounds.rest, logs: logs)
    let (bound, announce) = AsyncStream.makeStream(of: WebServer.Addresses.self)
    let server = WebServer(
      configuration: configuration, identity: identity,
      secure: [est, probe], plain: [probe] + plain, readiness: { ready },
      logger: logs.logger(), onListening: { announce.yield($0) })
    let group = ServiceGroup(configuration: .init(services: [server], logger: logs.logger()))
    let running = Task { try await group.run() }
    var addresses = bound.makeAsyncIterator()
    let address = try #require(await addresses.next())
    let result: Swift.Result<Void, any Error>
    do {
      try await body(
        ListeningServer(
          https: address.https.port, http: address.http.port, identity: identity, enrolling: enrolling, logs: logs,
          certificates: certificates, group: group))
      result = .success(())
    } catch {
      result = .failure(error)
    }
    await group.triggerGracefulShutdown()
    try await running.value
    try result.get()
  }
}

/// Routes that say what the server knows of a request.
struct ProbeRoutes: WebRoutes {
  let bound: BodyBound
  let logs: LogCapture

  func register(on router: Router<WebRequestContext>) {
    router.get("peer") { _, context in
      let common = context.peerCertificate.map { "\($0.count)" } ?? "none"
      return "peer=\(common) chain=\(context.peerChain.count) address=\(context.clientAddress) "
        + "connection=\(context.connection.identifier)\n"
    }
    router.post("echo") { request, _ in
      let bytes = try await request.bytes(within: bound)
      return ByteBuffer(bytes: bytes)
    }
    router.post("gather") { request, _ in
      let bytes = try await request.bytes(within: BodyBound(name: "import_body_bytes", limit: 1 << 20))
      return ByteBuffer(bytes: bytes)
    }
    router.get("large") { _, _ in ByteBuffer(repeating: 0x61, count: 64 * 1024 * 1024) }
    router.get("slow") { _, _ in
      logs.logger().info("slow began")
      try await Task.sleep(for: .seconds(1))
      return "finished\n"
    }
    router.get("stream") { _, _ in
      Response(
        status: .ok,
        body: ResponseBody { writer in
          try await writer.write(ByteBuffer(string: "one "))
          try await writer.write(ByteBuffer(string: "two\n"))
          try await writer.finish(nil)
        })
    }
    router.get("broken") { _, _ -> String in throw Broken() }
  }

  private struct Broken: Error {}
}

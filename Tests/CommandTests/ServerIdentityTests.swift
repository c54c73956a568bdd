import Credentials
import Issuance
import Logging
import ServiceLifecycle
import TestKit
import Testing
import WebService
import WireFormats
import touchmark

/// The server's own certificate is replaced while it serves, and whoever connects next sees the new one.
@Suite struct ServerIdentityTests {
  @Test func aClientSeesTheNewCertificateWithoutARestart() async throws {
    let installation = try await TestInstallation()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let identity = try await ServerIdentity(
      roster: installation.roster, hosts: ["pki.example.com"], store: installation.store, logger: logger,
      clock: installation.clock.now)
    let local = WebServerConfiguration.Endpoint(host: "127.0.0.1", port: 0)
    let (bound, announce) = AsyncStream.makeStream(of: WebServer.Addresses.self)
    let server = WebServer(
      configuration: WebServerConfiguration(https: local, http: local), identity: identity.tls, secure: [], plain: [],
      readiness: { nil }, logger: logger, onListening: { announce.yield($0) })
    let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
    let running = Task { try await group.run() }
    var addresses = bound.makeAsyncIterator()
    let port = try #require(await addresses.next()).https.port
    do {
      try await renewals(of: identity, at: port, installation)
    } catch {
      await group.triggerGracefulShutdown()
      throw error
    }
    await group.triggerGracefulShutdown()
    try await running.value
  }

  private func renewals(of identity: ServerIdentity, at port: Int, _ installation: TestInstallation) async throws {
    let first = try await shown(at: port)
    let life = first.notAfter - installation.clock.now()
    await identity.renewIfDue()
    #expect(try await shown(at: port).serial == first.serial)
    installation.clock.advance(by: Span(milliseconds: life.milliseconds / 3 * 2 - 60_000))
    await identity.renewIfDue()
    #expect(try await shown(at: port).serial == first.serial)
    installation.clock.advance(by: .minutes(2))
    await identity.renewIfDue()
    let second = try await shown(at: port)
    #expect(second.serial != first.serial && second.publicKey != first.publicKey)
    #expect(second.notAfter > first.notAfter)
    #expect(second.subjectAlternativeNames == first.subjectAlternativeNames)
    #expect(second.subjectAlternativeNames.contains(.dnsName("pki.example.com")))
  }

  /// On a connection of its own.
  private func shown(at port: Int) async throws -> Certificate {
    let peer = try #require(PeerAddress("127.0.0.1:\(port)"))
    return try Certificate(parsing: try #require(try await PeerChain.fetch(peer).first))
  }
}

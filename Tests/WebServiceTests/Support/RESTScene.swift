import AsyncHTTPClient
import Credentials
import Enrollment
import Foundation
import HTTPTypes
import Issuance
import KeyCustody
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Registry
import ServiceLifecycle
import Synchronization
import TestKit
import Testing
import WebService
import WireFormats

/// The administration interface on a real port, over real mutual TLS, above a real organization and a real store.
struct RESTScene: Sendable {
  let installation: TestInstallation
  let clients: [String: HTTPClient]
  let url: String
  let logs: LogCapture
  let store: FaultyStore
  let routes: AdministrationRoutes
  let doors: DeviceDoors

  /// Who calls: an administrator of each role, one who was removed, a stranger with a certificate, and nobody.
  static let callers = ["administrator", "operator", "station", "auditor", "removed", "stranger", "nobody"]

  struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    func json() throws -> JSONValue { try JSONParser.parse(body) }
    subscript(key: String) -> String? {
      guard case .string(let text)? = (try? json())?[key] else { return nil }
      return text
    }
    func decoded<T: Decodable>(_ type: T.Type = T.self) throws -> T {
      try JSONDecoder().decode(T.self, from: Data(body))
    }
  }

  /// - Parameter body: text, or a JSON value.
  func call(
    _ method: HTTPMethod, _ path: String, _ body: String? = nil, as caller: String = "administrator",
    key: String? = nil, headers: [(String, String)] = []
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: url + "/api/v1" + path)
    request.method = method
    if let key { request.headers.add(name: "Idempotency-Key", value: key) }
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body {
      if !request.headers.contains(name: "Content-Type") {
        request.headers.add(name: "Content-Type", value: "application/json")
      }
      request.body = .bytes(ByteBuffer(string: body))
    }
    let response = try await #require(clients[caller]).execute(request, timeout: .seconds(60))
    let bytes = try await response.body.collect(upTo: 16 << 20)
    return Answer(
      status: Int(response.status.code), headers: response.headers, body: Array(bytes.readableBytesView))
  }

  /// Expects success, and a body that is what the interface's own schema says.
  @discardableResult
  func expect(
    _ schema: String, _ method: HTTPMethod, _ path: String, _ body: String? = nil, as caller: String = "administrator",
    key: String? = nil, headers: [(String, String)] = [], at location: SourceLocation = #_sourceLocation
  ) async throws -> Answer {
    let answer = try await call(method, path, body, as: caller, key: key, headers: headers)
    #expect((200..<300).contains(answer.status), "\(method) \(path): \(answer.text)", sourceLocation: location)
    do {
      try Schema.named(schema).check(try answer.json(), names: APISchemas.all)
    } catch {
      Issue.record("\(method) \(path) does not answer a \(schema): \(error)", sourceLocation: location)
    }
    return answer
  }

  /// Expects a problem with this code, in the form of RFC 9457.
  @discardableResult
  func refuses(
    _ status: Int, _ code: String, _ method: HTTPMethod, _ path: String, _ body: String? = nil,
    as caller: String = "administrator", key: String? = nil, headers: [(String, String)] = [],
    at location: SourceLocation = #_sourceLocation
  ) async throws -> Answer {
    let answer = try await call(method, path, body, as: caller, key: key, headers: headers)
    #expect(answer.status == status, "\(method) \(path): \(answer.text)", sourceLocation: location)
    #expect(answer["code"] == code, "\(method) \(path): \(answer.text)", sourceLocation: location)
    #expect(answer.headers.first(name: "content-type") == "application/problem+json", sourceLocation: location)
    return answer
  }

  static func with(_ body: (RESTScene) async throws -> Void) async throws {
    let certificates = try await TestCertificates.shared.value
    let installation = try await TestInstallation(at: .present)
    let logs = LogCapture()
    let store = FaultyStore(installation.store)
    let services = try services(installation, store: store)
    let local = WebServerConfiguration.Endpoint(host: "127.0.0.1", port: 0)
    let configuration = WebServerConfiguration(https: local, http: local)
    let routes = AdministrationRoutes(
      services: services, bounds: configuration.bounds, throttle: WrongSecretThrottle(), logger: logs.logger())
    let identity = try TLSIdentity(
      certificateChain: [certificates.der("server")], privateKey: certificates.key("server"))
    let doors = try DeviceDoors(installation, bounds: configuration.bounds, logs)
    let (bound, announce) = AsyncStream.makeStream(of: WebServer.Addresses.self)
    let server = WebServer(
      configuration: configuration, identity: identity, secure: [routes] + doors.routes,
      plain: [], readiness: { nil },
      logger: logs.logger(), onListening: { announce.yield($0) })
    let group = ServiceGroup(configuration: .init(services: [server], logger: logs.logger()))
    let running = Task { try await group.run() }
    var addresses = bound.makeAsyncIterator()
    let port = try #require(await addresses.next()).https.port
    let clients = try await clients(installation, root: certificates.path("root.pem"))
    let scene = RESTScene(
      installation: installation, clients: clients, url: "https://localhost:\(port)", logs: logs, store: store,
      routes: routes, doors: doors)
    let result: Swift.Result<Void, any Error>
    do {
      try await body(scene)
      result = .success(())
    } catch {
      result = .failure(error)
    }
    for client in clients.values { try? await client.shutdown() }
    await group.triggerGracefulShutdown()
    try await running.value
    try result.get()
  }

  private static func services(_ installation: TestInstallation, store: FaultyStore) throws -> AdministrationServices {
    let organization = installation.organization
    let keys = try SealedKeyStore.open(
      directory: installation.folder + "/keys", organization: organization.rawValue,
      secret: .machineLocal(SecretBytes(copying: [UInt8](repeating: 7, count: 32))))
    let now = installation.clock.now
    return AdministrationServices(
      store: store, roster: installation.roster, enrolling: installation.enrollment,
      sealing: try SecretSealing(keys: keys, organization: organization),
      publish: { id in
        try await installation.store.write { writer in
          let number = try writer.takeCRLNumber(of: id, in: organization)
          let list = RevocationList(
            authority: id, number: number, thisUpdate: now(), nextUpdate: now() + .days(1), encoded: [0x30, 0])
          try writer.store(list, in: organization)
          return list
        }
      },
      invitations: .init(
        url: { "https://pki.example.com:8443" }, rootFingerprint: { [UInt8](repeating: 0xAB, count: 32) }),
      keys: keys, clock: now)
  }

  /// All that can fail comes first: a client must be shut down, and traps where it is not.
  private static func clients(_ installation: TestInstallation, root: String) async throws -> [String: HTTPClient] {
    let authority = try SmallAuthority(at: installation.clock.now())
    var configurations: [String: TLSConfiguration] = [:]
    for name in callers {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.trustRoots = .file(root)
      if name != "nobody" {
        let key = try SoftwareKey.generate(.p256)
        let certificate = try authority.issue(
          name, key: key.publicKey, lifetime: .days(30), at: installation.clock.now())
        let secret = try #require(key.pkcs8).withBytes { Array($0) }
        tls.certificateChain = [.certificate(try NIOSSLCertificate(bytes: certificate.encoded, format: .der))]
        tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: secret, format: .der))
        try await record(name, certificate, in: installation)
      }
      configurations[name] = tls
    }
    return configurations.mapValues {
      HTTPClient(
        eventLoopGroupProvider: .singleton,
        configuration: .init(tlsConfiguration: $0, timeout: .init(connect: .seconds(30))))
    }
  }

  private static func record(_ name: String, _ certificate: Certificate, in installation: TestInstallation) async throws
  {
    guard name != "stranger" else { return }
    let now = installation.clock.now()
    let record = AdministratorRecord(
      fingerprint: certificate.fingerprint, organization: installation.organization, name: "The \(name)",
      role: AdministratorRecord.Role(rawValue: name) ?? .administrator, certificate: certificate.serial, addedAt: now,
      addedBy: "test")
    let organization = installation.organization
    try await installation.store.write { writer in
      try writer.insert(record)
      if name == "removed" {
        try writer.removeAdministrator(fingerprint: record.fingerprint, at: now, in: organization)
      }
    }
  }
}

extension RESTScene {
  /// A request of a fresh key as JSON text (with escaped line breaks), for a `csr` member.
  static func csr(_ serial: String) async throws -> String {
    let pem = PEM(label: "CERTIFICATE REQUEST", bytes: try await TestDevice(serial).request().encoded).text
    return pem.replacingOccurrences(of: "\n", with: "\\n")
  }

  static func basic(_ name: String, _ secret: String) -> (String, String) {
    ("Authorization", "Basic " + Base64.encode(Array("\(name):\(secret)".utf8)))
  }

  /// Registers a device and lets it enroll; its certificate's serial number.
  func enrolled(_ serial: String, profile: String = "operational") async throws -> String {
    let invited = try await expect("Invitation", .POST, "/devices", #"{"serial":"\#(serial)","profile":"\#(profile)"}"#)
    let issued = try await expect(
      "IssuedCertificate", .POST, "/enroll", #"{"csr":"\#(try await Self.csr(serial))"}"#, as: "nobody",
      headers: [Self.basic(serial, try #require(invited["secret"]))])
    return try #require(issued["serial_number"])
  }

  /// The log's acts about a device, oldest first.
  func acts(of serial: String) async throws -> [String] {
    let detail = try await expect("DeviceDetail", .GET, "/devices/\(serial)")
    guard case .array(let history)? = try detail.json()["history"] else { return [] }
    return history.compactMap { entry in
      guard case .string(let act)? = entry["act"], case .string(let outcome)? = entry["outcome"] else { return nil }
      return outcome == "ok" ? act : "\(act) \(outcome)"
    }
  }
}

/// A store whose next writes fail after their bodies ran, as when the disk is full at the commit.
final class FaultyStore: Store {
  private let store: any Store
  private let failing = Flag()

  init(_ store: any Store) { self.store = store }

  func fail(_ whether: Bool) { failing.set(whether) }

  func read<T: Sendable>(_ body: @Sendable @escaping (any StoreReader) throws -> T) async throws -> T {
    try await store.read(body)
  }

  func write<T: Sendable>(_ body: @Sendable @escaping (any StoreWriter) throws -> T) async throws -> T {
    let fails = failing.get()
    return try await store.write { writer in
      let result = try body(writer)
      if fails { throw StoreError.unavailable(reason: "the test's disk is full") }
      return result
    }
  }
}

private final class Flag: Sendable {
  private let value = Mutex(false)

  func set(_ next: Bool) { value.withLock { $0 = next } }
  func get() -> Bool { value.withLock { $0 } }
}

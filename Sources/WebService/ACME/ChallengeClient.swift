import Credentials
import Enrollment
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Registry
import WireFormats

/// Reaches what orders name, within the networks that the operator allowed: no redirect is followed, nothing of an answer
/// over a few kilobytes is read, and each look has one time limit.
public struct ChallengeClient: ChallengeReaching {
  let allowed: AllowedNetworks
  let httpPort: Int
  let tlsPort: Int
  private let dns: DNSClient?
  /// Whether addresses are asked of that server, too, instead of the system's resolver.
  private let resolvesByDNS: Bool

  private let timeout: TimeAmount
  static let longestBody = 4096

  /// Nil when the server's address cannot be read.
  /// - Parameters:
  ///   - dnsServer: `ADDRESS` or `ADDRESS:PORT`; nil for the system's.
  ///   - timeout: for one look, from its first octet to its last.
  public init?(
    allowed: AllowedNetworks, httpPort: Int = 80, tlsPort: Int = 443, dnsServer: String? = nil,
    timeout: TimeAmount = .seconds(10)
  ) {
    if dnsServer != nil, DNSClient(server: dnsServer) == nil { return nil }
    self.allowed = allowed
    self.httpPort = httpPort
    self.tlsPort = tlsPort
    dns = DNSClient(server: dnsServer)
    resolvesByDNS = dnsServer != nil
    self.timeout = timeout
  }

  public func texts(of name: String) async throws(ACMEProblem) -> [String] {
    guard let dns else {
      throw ACMEProblem(.dns, "no DNS server is known here; acme: {dns: ADDRESS} in touchmark.yaml")
    }
    do { return try await dns.records(of: name, .txt).compactMap(DNSMessage.text) } catch {
      throw ACMEProblem(.dns, "the TXT records of \(name) were not found out: \(error)")
    }
  }

  public func content(of path: String, at host: ACMEIdentifier) async throws(ACMEProblem) -> [UInt8] {
    let address = try await address(of: host, port: httpPort)
    let name = host.value.contains(":") ? "[\(host.value)]" : host.value
    let field = httpPort == 80 ? name : "\(name):\(httpPort)"
    do {
      let answer = try await ask(address) { channel, promise in
        try channel.pipeline.syncOperations.addHTTPClientHandlers()
        try channel.pipeline.syncOperations.addHandler(ContentHandler(path: path, host: field, promise))
      }
      guard answer.status == 200 else {
        throw ACMEProblem(.incorrectResponse, "\(host.value) answered \(answer.status); redirects are not followed")
      }
      return answer.octets
    } catch let problem as ACMEProblem {
      throw problem
    } catch {
      throw ACMEProblem(.connection, "\(host.value) was not reached: \(Self.words(error))")
    }
  }

  public func certificate(of host: ACMEIdentifier, serverName: String) async throws(ACMEProblem) -> [UInt8] {
    let address = try await address(of: host, port: tlsPort)
    do {
      let context = try Self.context()
      return try await ask(address) { channel, promise in
        try channel.pipeline.syncOperations.addHandlers(CertificateHandler.handlers(context, serverName, promise))
      }.octets
    } catch let problem as ACMEProblem {
      throw problem
    } catch {
      throw ACMEProblem(.tls, "\(host.value) showed no certificate: \(Self.words(error))")
    }
  }

  /// RFC 8737 §3: the protocol is `acme-tls/1`, and the certificate is its own proof.
  private static func context() throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["acme-tls/1"]
    configuration.certificateVerification = .noHostnameVerification
    return try NIOSSLContext(configuration: configuration)
  }

  struct Answer: Sendable {
    let status: Int
    let octets: [UInt8]
  }

  private func ask(
    _ address: SocketAddress,
    _ prepare: @Sendable @escaping (any Channel, EventLoopPromise<Answer>) throws -> Void
  ) async throws -> Answer {
    let timeout = timeout
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let promise = loop.makePromise(of: Answer.self)
    let deadline = loop.scheduleTask(in: timeout) { promise.fail(ChannelError.connectTimeout(timeout)) }
    defer { deadline.cancel() }
    let channel: any Channel
    do {
      channel = try await ClientBootstrap(group: loop).connectTimeout(timeout)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { try prepare(channel, promise) }
        }
        .connect(to: address).get()
    } catch {
      promise.fail(error)
      throw error
    }
    defer { channel.close(promise: nil) }
    return try await promise.futureResult.get()
  }

  private static func words(_ error: any Error) -> String {
    if case ChannelError.connectTimeout? = error as? ChannelError { return "no answer in time" }
    if let failure = error as? IOError { return "\(failure.errnoCode) \(failure.localizedDescription)" }
    return "\(type(of: error))"
  }
}

// Where to connect to.
extension ChallengeClient {
  /// The first of the host's addresses that is allowed: what was checked is what is connected to.
  private func address(of host: ACMEIdentifier, port: Int) async throws(ACMEProblem) -> SocketAddress {
    for octets in try await addresses(of: host) where allowed.contain(octets) {
      let text = String(GeneralName.ipAddress(octets).description.dropFirst(3))
      if let address = try? SocketAddress(ipAddress: text, port: port) { return address }
    }
    throw ACMEProblem(
      .connection, "no address of \(host.value) may be connected to; acme: {allow: […]} in touchmark.yaml lists them")
  }

  private func addresses(of host: ACMEIdentifier) async throws(ACMEProblem) -> [[UInt8]] {
    if case .ipAddress(let octets)? = GeneralName.ipAddress(text: host.value) { return [octets] }
    var found: [[UInt8]] = []
    do {
      if resolvesByDNS, let dns {
        found = try await dns.records(of: host.value, .a).filter { $0.count == 4 }
        if found.isEmpty { found = try await dns.records(of: host.value, .aaaa).filter { $0.count == 16 } }
      } else {
        found = try await Self.systemAddresses(of: host.value)
      }
    } catch {
      throw ACMEProblem(.dns, "the addresses of \(host.value) were not found out")
    }
    guard !found.isEmpty else { throw ACMEProblem(.dns, "\(host.value) has no address") }
    return Array(found.prefix(16))
  }

  /// getaddrinfo blocks, so it runs on a thread of the pool for that.
  private static func systemAddresses(of name: String) async throws -> [[UInt8]] {
    try await NIOThreadPool.singleton.runIfActive {
      // IPv4 alone: the library gives one address a name, and this family is everywhere.
      let address = try SocketAddress.makeAddressResolvingHost(name, port: 0)
      guard let text = address.ipAddress, case .ipAddress(let octets)? = GeneralName.ipAddress(text: text) else {
        return []
      }
      return [octets]
    }
  }
}

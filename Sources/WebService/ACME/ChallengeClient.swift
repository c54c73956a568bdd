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
  let dns: DNSClient?
  /// Whether addresses are asked of that server, too, instead of the system's resolver.
  let resolvesByDNS: Bool

  private let timeout: TimeAmount
  static let longestBody = 4096

  /// Nil when the server's address cannot be read.
  /// - Parameters:
  ///   - dnsServer: `ADDRESS` or `ADDRESS:PORT`; nil for the system's.
  ///   - timeout: for one look, from its first octet to its last, all addresses of the host together.
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
    let addresses = try await self.addresses(of: host, port: httpPort)
    let name = host.value.contains(":") ? "[\(host.value)]" : host.value
    let field = httpPort == 80 ? name : "\(name):\(httpPort)"
    let answer: Answer
    do {
      answer = try await ask(addresses) { channel, promise in
        try channel.pipeline.syncOperations.addHTTPClientHandlers()
        try channel.pipeline.syncOperations.addHandler(ContentHandler(path: path, host: field, promise))
      }
    } catch {
      throw ACMEProblem(.connection, "\(host.value) was not reached: \(Self.words(error))")
    }
    guard answer.status == 200 else {
      throw ACMEProblem(.incorrectResponse, "\(host.value) answered \(answer.status); redirects are not followed")
    }
    return answer.octets
  }

  public func certificate(of host: ACMEIdentifier, serverName: String) async throws(ACMEProblem) -> [UInt8] {
    let addresses = try await self.addresses(of: host, port: tlsPort)
    do {
      let context = try Self.context()
      return try await ask(addresses) { channel, promise in
        try channel.pipeline.syncOperations.addHandlers(CertificateHandler.handlers(context, serverName, promise))
      }.octets
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

  private static func words(_ error: any Error) -> String {
    if case ChannelError.connectTimeout? = error as? ChannelError { return "no answer in time" }
    if let failure = error as? IOError { return "\(failure.errnoCode) \(failure.localizedDescription)" }
    return "\(type(of: error))"
  }
}

// One look.
extension ChallengeClient {
  struct Answer: Sendable {
    let status: Int
    let octets: [UInt8]
  }

  private typealias Preparing = @Sendable (any Channel, EventLoopPromise<Answer>) throws -> Void

  /// One address after the other until one answers: what a host that is half moved, or has IPv6 on paper alone, needs.
  /// An answer is an answer, right or wrong. Each has its share of the time that is left.
  private func ask(_ addresses: [SocketAddress], _ prepare: @escaping Preparing) async throws -> Answer {
    let end = NIODeadline.now() + timeout
    var failure: any Error = ChannelError.connectTimeout(timeout)
    for (index, address) in addresses.enumerated() {
      let left = (end - .now()).nanoseconds
      guard left > 0 else { break }
      do {
        return try await ask(address, within: .nanoseconds(left / Int64(addresses.count - index)), prepare)
      } catch {
        failure = error
      }
    }
    throw failure
  }

  private func ask(
    _ address: SocketAddress, within timeout: TimeAmount, _ prepare: @escaping Preparing
  ) async throws -> Answer {
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
}

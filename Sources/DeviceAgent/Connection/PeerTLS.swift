import Credentials
import DeviceClient
import NIOCore
import NIOSSL
import WireFormats

/// TLS 1.3 between two devices, with nobody online: each shows its certificate, and each judges the other's by the roots
/// that it holds and the evidence that it has stored.
public struct PeerTLS: Sendable {
  /// What became of the handshake's other end.
  public typealias Outcome = Result<Peer, PeerRefusal>

  private let identity: DeviceMemory.Identity
  private let memory: DeviceMemory
  private let evidence: RevocationEvidence
  private let requirements: PeerRequirements
  private let loops: EventLoops

  /// - Parameter requirements: What is asked of the other end: a client for a server, and the reverse.
  public init(
    _ folder: AgentFolder, requirements: PeerRequirements, loops: EventLoops
  ) throws(AgentFailure) {
    memory = try folder.load().memory
    guard let identity = memory.identity else { throw AgentFailure(.missing, "\(folder.path) has no certificate") }
    evidence = RevocationEvidence(lists: try RevocationLists.held(in: folder))
    (self.identity, self.requirements, self.loops) = (identity, requirements, loops)
  }

  /// For the end that connects. The other one is known by its certificate, not by the address that was called.
  ///
  /// - Parameter told: Called once with who it is, or why it is refused, before the handshake goes on.
  public func client(_ told: @escaping @Sendable (Outcome) -> Void) throws -> NIOSSLClientHandler {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateVerification = .noHostnameVerification
    try show(in: &configuration)
    return try NIOSSLClientHandler(context: NIOSSLContext(configuration: configuration), serverHostname: nil) {
      judge($0, told, $1)
    }
  }

  /// For the end that listens; who connects has to show a certificate.
  public func server(_ told: @escaping @Sendable (Outcome) -> Void) throws -> NIOSSLServerHandler {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: [], privateKey: .privateKey(heldKey))
    configuration.certificateVerification = .noHostnameVerification
    try show(in: &configuration)
    return NIOSSLServerHandler(
      context: try NIOSSLContext(configuration: configuration), customVerificationCallback: { judge($0, told, $1) })
  }

  private var heldKey: NIOSSLPrivateKey { .init(customPrivateKey: HeldKey(key: identity.key, threads: loops.keys)) }

  private func show(in configuration: inout TLSConfiguration) throws {
    configuration.minimumTLSVersion = .tlsv13
    configuration.trustRoots = .certificates([])
    configuration.certificateChain = try ([identity.certificate] + identity.chain).map {
      .certificate(try NIOSSLCertificate(bytes: $0.encoded, format: .der))
    }
    configuration.privateKey = .privateKey(heldKey)
  }

  private func judge(
    _ chain: [NIOSSLCertificate], _ told: @Sendable (Outcome) -> Void,
    _ verdict: EventLoopPromise<NIOSSLVerificationResult>
  ) {
    let certificates = chain.compactMap { try? Certificate(parsing: $0.toDERBytes()) }
    let outcome = Outcome { () throws(PeerRefusal) in
      guard certificates.count == chain.count else { throw .noCertificate }
      return try memory.verify(
        peer: certificates, issuers: identity.chain, for: requirements, evidence: evidence, at: Agent.clock)
    }
    told(outcome)
    verdict.succeed((try? outcome.get()) == nil ? .failed : .certificateVerified)
  }
}

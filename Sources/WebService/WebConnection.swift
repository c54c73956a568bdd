import Synchronization

/// One accepted connection, after its handshake.
public final class WebConnection: Sendable {
  /// What the client proved and sent in the TLS handshake.
  public struct Peer: Hashable, Sendable {
    /// DER.
    public let certificate: [UInt8]
    /// DER of what followed the certificate.
    public let chain: [[UInt8]]

    public init(certificate: [UInt8], chain: [[UInt8]]) {
      self.certificate = certificate
      self.chain = chain
    }
  }

  public let identifier: UInt64
  public let isSecure: Bool
  /// The client's address, without a port.
  public let address: String
  public let peer: Peer?
  private let requests = Atomic<UInt64>(0)

  public init(identifier: UInt64, isSecure: Bool, address: String, peer: Peer?) {
    self.identifier = identifier
    self.isSecure = isSecure
    self.address = address
    self.peer = peer
  }

  func nextRequest() -> RequestIdentifier {
    let (_, number) = requests.wrappingAdd(1, ordering: .relaxed)
    return RequestIdentifier(connection: identifier, request: number)
  }
}

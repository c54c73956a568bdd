import Synchronization

/// The certificates that clients sent after their own, by that certificate, for sessions that are resumed: a resumed
/// handshake carries no chain, and the TLS library gives only the client's own certificate back.
///
/// Resumption works within one process, and so does this. What is forgotten here costs a client whose authority is not
/// ours one full handshake.
final class PeerChains: Sendable {
  private struct Memory {
    var chains: [[UInt8]: [[UInt8]]] = [:]
    var order: [[UInt8]] = []
    var next = 0
  }

  private static let capacity = 4096
  /// Chains larger than this are not remembered.
  private static let longestChain = 16 * 1024
  private let memory = Mutex(Memory())

  /// Only after the handshake, which proves the key.
  func remember(_ chain: [[UInt8]], of certificate: [UInt8]) {
    guard !chain.isEmpty, chain.reduce(certificate.count, { $0 + $1.count }) <= Self.longestChain else { return }
    memory.withLock { memory in
      let isNew = memory.chains.updateValue(chain, forKey: certificate) == nil
      guard isNew else { return }
      guard memory.order.count >= Self.capacity else { return memory.order.append(certificate) }
      memory.chains[memory.order[memory.next]] = nil
      memory.order[memory.next] = certificate
      memory.next = (memory.next + 1) % Self.capacity
    }
  }

  func chain(of certificate: [UInt8]) -> [[UInt8]] { memory.withLock { $0.chains[certificate] ?? [] } }
}

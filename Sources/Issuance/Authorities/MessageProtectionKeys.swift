import Credentials
import KeyCustody
import Registry
import Synchronization
import WireFormats

/// Keys that sign an authority's protocol messages for it: made by themselves, certified by the authority, and replaced
/// at half of their certificate's life.
///
/// A key lives in memory alone and dies with the process; the next one makes its own.
public final class MessageProtectionKeys: Sendable {
  public struct Held: Sendable {
    public let certificate: Certificate
    public var algorithm: SignatureAlgorithm { signer.algorithm }
    let signer: any Signer
    let renewAt: Instant

    /// As X.509 carries signatures.
    public func sign(_ message: [UInt8]) async throws(Refusal) -> [UInt8] {
      do throws(SigningError) {
        return try await signer.sign(message)
      } catch {
        throw Refusal(.unavailable, "messages cannot be signed now", detail: "\(error)")
      }
    }
  }

  /// What the keys sign.
  public enum Purpose: Sendable {
    case messages
    /// Private keys that were made here for devices (RFC 9483 §4.1.6).
    case generatedKeys
  }

  private let purpose: Purpose
  private let roster: AuthorityRoster
  private let store: any Store
  private let now: Clock
  private let keys = Mutex(Keys())

  private struct Keys {
    var held: [AuthorityID: Held] = [:]
    var pending: [AuthorityID: Task<Held, any Error>] = [:]
  }

  public init(
    _ purpose: Purpose, roster: AuthorityRoster, store: any Store, clock: @escaping Clock
  ) {
    (self.purpose, self.roster, self.store, now) = (purpose, roster, store, clock)
  }

  /// The key in force, made first where there is none.
  public func key(for authority: Authority) async throws(Refusal) -> Held {
    let id = authority.record.id
    if let current = keys.withLock({ $0.held[id] }), now() < current.certificate.notAfter {
      // Renewed beside the answer that asks: nobody waits for it.
      if now() >= current.renewAt { _ = renewal(of: authority) }
      return current
    }
    do {
      return try await renewal(of: authority).value
    } catch {
      throw error as? Refusal ?? Refusal(.unavailable, "messages cannot be signed now", detail: "\(error)")
    }
  }

  /// One at a time for each authority.
  private func renewal(of authority: Authority) -> Task<Held, any Error> {
    let id = authority.record.id
    return keys.withLock { keys in
      if let pending = keys.pending[id] { return pending }
      let task = Task {
        defer { self.keys.withLock { $0.pending[id] = nil } }
        let fresh = try await make(for: authority)
        self.keys.withLock { $0.held[id] = fresh }
        return fresh
      }
      keys.pending[id] = task
      return task
    }
  }

  private func make(for authority: Authority) async throws -> Held {
    let signer = try await SoftwareKey.generated(authority.signer.publicKey.algorithm)
    let time = now()
    let certificates = InstallationCertificates(authority: authority, addresses: roster.current.addresses)
    let made =
      switch purpose {
      case .messages: try await certificates.messageProtection(publicKey: signer.publicKey, at: time)
      case .generatedKeys: try await certificates.keyGeneration(publicKey: signer.publicKey, at: time)
      }
    try await store.write { try made.record(in: $0, door: .command) }
    let half = Span(milliseconds: (made.notAfter - time).milliseconds / 2)
    return Held(certificate: try Certificate(parsing: made.encoded), signer: signer, renewAt: time + half)
  }
}

import Credentials
import Registry
import WireFormats

/// How a certificate that was issued stands.
public struct CertificateStanding: Hashable, Sendable {
  public enum State: Hashable, Sendable {
    case good
    /// Can become good again.
    case held(since: Instant)
    case revoked(at: Instant, reason: RevocationReason?)
  }

  public var state: State
  /// How long an answer about it is valid, where its profile says so.
  public var answerLifetime: Span?

  public init(state: State, answerLifetime: Span? = nil) {
    (self.state, self.answerLifetime) = (state, answerLifetime)
  }

  /// The same in OCSP's terms: a hold is a revocation with the reason certificateHold (RFC 6960 §2.2).
  var status: OCSPCertStatus {
    switch state {
    case .good: .good
    case .held(let since): .revoked(at: since, reason: .certificateHold)
    case .revoked(let at, let reason): .revoked(at: at, reason: reason)
    }
  }
}

/// Where standing comes from, and how it is noticed that it changed.
public protocol StandingSource: Sendable {
  /// Every authority that certificates may be asked about, in any state.
  func authorities() async throws -> [StatusAuthority]
  /// The standing of those serials that the authority issued; one that is missing was never issued.
  func standings(
    of serials: [SerialNumber], under authority: AuthorityID
  ) async throws -> [SerialNumber: CertificateStanding]
  /// Changes after a sequence number, oldest first.
  func changes(after sequence: Int64, limit: Int) async throws -> [StandingChange]
  /// The latest change's number.
  func latestChange() async throws -> Int64
}

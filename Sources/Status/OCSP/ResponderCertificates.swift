import Credentials
import KeyCustody
import Registry
import WireFormats

/// Makes a responder key for each authority, has it certified, and replaces both at half of the certificate's life.
///
/// The key lives in memory alone and dies with the process: the next one makes its own.
public actor ResponderCertificates: ResponderCredentialSource {
  /// Makes a key that fits the authority.
  public typealias MakeKey = @Sendable (AuthorityID) async throws -> any Signer
  /// Issues a responder's certificate (DER) under the authority's own key; throws `ResponderError.noResponder` where
  /// that key is away.
  public typealias Issue = @Sendable (AuthorityID, SubjectPublicKeyInfo) async throws -> [UInt8]

  private struct Held {
    let credential: ResponderCredential
    let renewAt: Instant
  }

  private let makeKey: MakeKey
  private let issue: Issue
  private let now: @Sendable () -> Instant
  private var held: [AuthorityID: Held] = [:]
  private var pending: [AuthorityID: Task<ResponderCredential, any Error>] = [:]
  private var failures: [AuthorityID: (until: Instant, reason: any Error)] = [:]

  /// After a failure nothing is tried for this long.
  private static let pause = Span.seconds(5)

  public init(makeKey: @escaping MakeKey, issue: @escaping Issue, clock: @escaping @Sendable () -> Instant) {
    (self.makeKey, self.issue, now) = (makeKey, issue, clock)
  }

  public func credential(for authority: AuthorityID) async throws -> ResponderCredential {
    let now = now()
    if let current = held[authority], now < current.credential.certificate.notAfter {
      // Renewed beside the answer that asks: no client waits for it.
      if now >= current.renewAt, !isPausing(authority, at: now) { _ = renewal(of: authority) }
      return current.credential
    }
    if let pending = pending[authority] { return try await pending.value }
    if let failure = failures[authority], isPausing(authority, at: now) { throw failure.reason }
    return try await renewal(of: authority).value
  }

  /// Nothing but a revocation changes the standing of such a certificate. The next answer has another signer.
  public func withdraw(_ serial: SerialNumber, under authority: AuthorityID) -> Bool {
    guard held[authority]?.credential.certificate.serial == serial else { return false }
    held[authority] = nil
    return true
  }

  /// Replaces what is past half of its life. For a periodic call, so that a quiet responder is renewed too.
  public func renewWhereDue() {
    let now = now()
    for (authority, current) in held where now >= current.renewAt && !isPausing(authority, at: now) {
      _ = renewal(of: authority)
    }
  }

  /// Obtains what will be asked for, so that no client waits for a key to be made. Authorities without a responder are
  /// passed over; what fails is tried again when it is asked for.
  public func prepare(_ authorities: [AuthorityID]) async {
    for authority in authorities { _ = try? await credential(for: authority) }
  }

  private func isPausing(_ authority: AuthorityID, at now: Instant) -> Bool {
    failures[authority].map { now < $0.until } ?? false
  }

  /// One at a time for each authority.
  private func renewal(of authority: AuthorityID) -> Task<ResponderCredential, any Error> {
    if let pending = pending[authority] { return pending }
    let task = Task { try await self.renew(authority) }
    pending[authority] = task
    return task
  }

  private func renew(_ authority: AuthorityID) async throws -> ResponderCredential {
    defer { pending[authority] = nil }
    do {
      let signer = try await makeKey(authority)
      let certificate = try Certificate(parsing: try await issue(authority, signer.publicKey))
      let credential = try ResponderCredential(signer: signer, certificate: certificate)
      let obtained = now()
      // Half of what is left, not of the whole: notBefore is backdated.
      let half = Span(milliseconds: (certificate.notAfter - obtained).milliseconds / 2)
      held[authority] = Held(credential: credential, renewAt: obtained + half)
      failures[authority] = nil
      return credential
    } catch {
      failures[authority] = (now() + Self.pause, error)
      throw error
    }
  }
}

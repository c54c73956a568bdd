import Credentials
import KeyCustody
import Registry
import Synchronization
import WireFormats

/// Answers about the certificates of every authority, with a delegated responder for each (RFC 6960, RFC 5019).
///
/// An answer about one certificate without a nonce is signed once and kept; every other one is signed on demand,
/// within a bound. Nothing that arrives makes it throw: every failure has an OCSPResponse of its own.
public final class OCSPResponder: Sendable {
  private struct State {
    /// Nil until it was read for the first time.
    var index: AuthorityIndex?
    var cache: ResponseCache
    /// When the change sequence was last read to its end.
    var confirmed: ContinuousClock.Instant?
  }

  let source: any StandingSource
  let credentials: any ResponderCredentialSource
  let policy: OCSPPolicy
  let now: @Sendable () -> Instant
  let report: @Sendable (String) -> Void
  let demandGate: SigningGate
  let fillGate: SigningGate
  private let state: Mutex<State>
  private let noted = Mutex<ContinuousClock.Instant?>(nil)

  /// - Parameter report: Told what went wrong inside, for the log; clients are told no reasons.
  public init(
    source: any StandingSource, credentials: any ResponderCredentialSource, policy: OCSPPolicy = OCSPPolicy(),
    clock: @escaping @Sendable () -> Instant, report: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.source = source
    self.credentials = credentials
    self.policy = policy
    self.report = report
    now = clock
    demandGate = SigningGate(limit: policy.concurrentSignatures)
    fillGate = SigningGate(limit: policy.concurrentCacheFills)
    state = Mutex(State(cache: ResponseCache(capacity: policy.cacheCapacity)))
  }

  /// Answers a POST's body.
  public func answer(_ body: [UInt8]) async -> StatusAnswer {
    do {
      return await answer(try OCSPRequest(parsing: body, limits: policy.limits))
    } catch {
      // An OCSPResponse has no words: the bound's name goes into the log.
      if case .tooManyCertificates(let limit) = error {
        note("the limit ocsp_certificates of \(limit) is exceeded")
      }
      return .ocspFailure(.malformedRequest)
    }
  }

  /// An answer for whom there is no place left.
  func busy() -> StatusAnswer {
    note("the limit ocsp_signatures of \(policy.concurrentSignatures) is exceeded: tryLater is answered")
    return .ocspFailure(.tryLater)
  }

  /// One line a second at most, so that strangers cannot fill the log.
  private func note(_ text: String) {
    let now = ContinuousClock.now
    let isDue = noted.withLock { last in
      guard last.map({ now - $0 >= .seconds(1) }) ?? true else { return false }
      last = now
      return true
    }
    if isDue { report(text) }
  }

  /// Answers a GET, by what followed the responder's own path in the request line.
  public func answer(path: some StringProtocol) async -> StatusAnswer {
    guard let body = OCSPRequestPath.decode(path, limit: policy.limits.octets) else {
      return .ocspFailure(.malformedRequest)
    }
    return await answer(body)
  }

  func answer(_ request: OCSPRequest) async -> StatusAnswer {
    let index: AuthorityIndex
    do { index = try await authorityIndex() } catch { return failure(error) }
    // One signature can speak for one authority alone (RFC 6960 §4.2.2.2). The first that is known decides; what
    // another issued is unknown to its responder. RFC 5019 §2.2.3: unauthorized when none is known.
    guard let authority = request.certificates.lazy.compactMap({ index.authority(of: $0) }).first else {
      return .ocspFailure(.unauthorized)
    }
    let asked = request.certificates.map { certificate in
      Question(
        certificate: certificate, serial: index.authority(of: certificate) == authority ? certificate.serial : nil)
    }
    do {
      if asked.count == 1, request.echoedNonce == nil, let serial = asked.first?.serial,
        let certificate = asked.first?.certificate
      {
        return try await cached(certificate, serial, authority)
      }
      return try await onDemand(asked, authority, nonce: request.echoedNonce)
    } catch {
      return failure(error)
    }
  }

  // MARK: Following

  /// Serves these authorities from now on.
  public func serve(_ authorities: [StatusAuthority]) {
    let index = AuthorityIndex(authorities)
    state.withLock { $0.index = index }
  }

  /// Read by whoever asks before the changes are followed: an authority of ours is never `unauthorized` for a moment.
  private func authorityIndex() async throws -> AuthorityIndex {
    if let index = state.withLock({ $0.index }) { return index }
    let read = AuthorityIndex(try await source.authorities())
    return state.withLock { state in
      let index = state.index ?? read
      state.index = index
      return index
    }
  }

  /// Ends what is kept about a certificate.
  public func forget(_ serial: SerialNumber, under authority: AuthorityID) {
    state.withLock { $0.cache.forget(ResponseCache.Key(authority: authority, serial: serial)) }
  }

  /// Ends all that is kept.
  public func forgetAll() { state.withLock { $0.cache.forgetAll() } }

  /// Says that every change which was durable at `instant` has been told.
  public func confirm(at instant: ContinuousClock.Instant) { state.withLock { $0.confirmed = instant } }

  // MARK: The cache

  struct Kept {
    let response: SignedResponse?
    /// Whether no change can have passed unseen for longer than `cacheTrust`.
    let isTrusted: Bool
    let generation: UInt64
  }

  func kept(_ key: ResponseCache.Key, _ certificate: OCSPCertID) -> Kept {
    let instant = ContinuousClock.now
    return state.withLock {
      Kept(
        response: $0.cache.response(key, certificate.encoded),
        isTrusted: $0.confirmed.map { $0.duration(to: instant) <= policy.cacheTrust } ?? false,
        generation: $0.cache.generation)
    }
  }

  func keep(_ response: SignedResponse, _ key: ResponseCache.Key, _ certificate: OCSPCertID, at generation: UInt64) {
    state.withLock { $0.cache.insert(response, key, certificate.encoded, at: generation) }
  }
}

/// A certificate that is asked about; its serial is nil when it cannot be one that the answering authority issued.
struct Question: Sendable {
  let certificate: OCSPCertID
  let serial: SerialNumber?
}

import Credentials
import Registry
import WireFormats

/// All that the plain addresses answer: `/ocsp`, `/crl/AUTHORITY.crl`, `/ca/AUTHORITY.cer`.
public struct StatusService: Sendable {
  public let responder: OCSPResponder
  public let publisher: CRLPublisher
  private let follower: StandingFollower
  private let renewals: ResponderCertificates?
  private let source: any StandingSource
  private let maxAge: Span
  private let now: @Sendable () -> Instant
  private let report: @Sendable (String) -> Void

  /// - Parameters:
  ///   - authoritiesChanged: Awaited whenever the store's authorities may have changed, before anything here serves them.
  ///   - renewals: The responder certificates that `run` keeps fresh.
  ///   - maxAge: How long caches on the way may keep a CRL or an authority's certificate.
  public init(
    source: any StandingSource, responder: OCSPResponder, publisher: CRLPublisher, renewals: ResponderCertificates?,
    maxAge: Span = .minutes(5), clock: @escaping @Sendable () -> Instant,
    report: @escaping @Sendable (String) -> Void = { _ in },
    authoritiesChanged: @escaping @Sendable () async -> Void = {}
  ) {
    (self.source, self.responder, self.publisher, self.renewals) = (source, responder, publisher, renewals)
    (self.maxAge, now, self.report) = (maxAge, clock, report)
    follower = StandingFollower(
      source: source, responder: responder, publisher: publisher, authoritiesChanged: authoritiesChanged)
  }

  /// A POST to `/ocsp`.
  public func ocsp(body: [UInt8]) async -> StatusAnswer { await responder.answer(body) }

  /// A GET of `/ocsp/…`, by what follows `/ocsp/` in the request line, undecoded.
  public func ocsp(path: some StringProtocol) async -> StatusAnswer { await responder.answer(path: path) }

  /// `/crl/AUTHORITY.crl`, by its last part; nil when there is no such list.
  public func revocationList(file: some StringProtocol) async throws -> StatusAnswer? {
    guard let id = Self.authority(in: file, suffix: ".crl"), let list = try await publisher.current(id) else {
      return nil
    }
    return answer(list.encoded, "application/pkix-crl", modified: list.thisUpdate, ends: list.nextUpdate)
  }

  /// `/ca/AUTHORITY.cer`, by its last part; nil when there is no such authority.
  public func authorityCertificate(file: some StringProtocol) async throws -> StatusAnswer? {
    guard let id = Self.authority(in: file, suffix: ".cer"),
      let authority = try await source.authorities().first(where: { $0.id == id })
    else { return nil }
    // RFC 5280 §4.2.2.1: a single DER certificate as application/pkix-cert.
    return answer(
      authority.certificate, "application/pkix-cert", modified: authority.notBefore, ends: authority.notAfter)
  }

  /// Follows the store, publishes on schedule and renews responders until its task is cancelled.
  public func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await repeating(every: .milliseconds(250)) { await follow() } }
      group.addTask { await repeating(every: .milliseconds(250)) { await publisher.publishWhereDue() } }
      group.addTask {
        await renewals?.prepare((try? await source.authorities())?.map(\.id) ?? [])
        await repeating(every: .seconds(30)) { await renewals?.renewWhereDue() }
      }
    }
  }

  /// Reads what changed, once; what `run` does each 250 ms.
  public func follow() async {
    do { try await follower.poll() } catch { report("following the store: \(error)") }
  }

  private func repeating(every pause: Duration, _ body: () async -> Void) async {
    while !Task.isCancelled {
      await body()
      try? await Task.sleep(for: pause)
    }
  }

  private func answer(_ bytes: [UInt8], _ type: String, modified: Instant, ends: Instant) -> StatusAnswer {
    let now = now()
    let age = min(maxAge.seconds, max((ends - now).seconds, 0))
    return StatusAnswer(
      contentType: type, bytes: bytes,
      caching: .shared(
        maxAge: age, lastModified: modified, expires: now + .seconds(age), entityTag: StatusAnswer.entityTag(bytes)))
  }

  private static func authority(in file: some StringProtocol, suffix: String) -> AuthorityID? {
    guard file.hasSuffix(suffix) else { return nil }
    return AuthorityID(rawValue: String(file.dropLast(suffix.count)))
  }
}

import Credentials
import KeyCustody
import Registry
import Status
import Synchronization
import TestKit
import WireFormats

/// A time that moves when it is told to.
final class ManualClock: Sendable {
  private let instant: Mutex<Instant>
  init(_ instant: Instant = .present) { self.instant = Mutex(instant) }
  var now: @Sendable () -> Instant { { self.instant.withLock { $0 } } }
  func advance(_ span: Span) { instant.withLock { $0 = $0 + span } }
}

/// Standing kept in memory, which can be made to fail and counts what it is asked.
final class MemoryStanding: StandingSource {
  struct State {
    var authorities: [StatusAuthority] = []
    var standings: [AuthorityID: [SerialNumber: CertificateStanding]] = [:]
    var changes: [StandingChange] = []
    var failure: StoreError?
    var asked = 0
  }

  private let state: Mutex<State>

  init(_ authorities: [StatusAuthority]) { state = Mutex(State(authorities: authorities)) }

  var asked: Int { state.withLock { $0.asked } }

  func set(_ standing: CertificateStanding, _ serial: SerialNumber, _ authority: AuthorityID) {
    state.withLock {
      $0.standings[authority, default: [:]][serial] = standing
      $0.changes.append(
        StandingChange(sequence: Int64($0.changes.count + 1), subject: .certificate(authority, serial)))
    }
  }

  func fail(_ failure: StoreError?) { state.withLock { $0.failure = failure } }

  func authorities() async throws -> [StatusAuthority] { try checked { $0.authorities } }

  func standings(
    of serials: [SerialNumber], under authority: AuthorityID
  ) async throws -> [SerialNumber: CertificateStanding] {
    try checked {
      $0.asked += 1
      return ($0.standings[authority] ?? [:]).filter { serials.contains($0.key) }
    }
  }

  func changes(after sequence: Int64, limit: Int) async throws -> [StandingChange] {
    try checked { Array($0.changes.filter { $0.sequence > sequence }.prefix(limit)) }
  }

  func latestChange() async throws -> Int64 { try checked { $0.changes.last?.sequence ?? 0 } }

  private func checked<T: Sendable>(_ body: (inout sending State) throws -> T) throws -> T {
    try state.withLock { state in
      if let failure = state.failure { throw failure }
      return try body(&state)
    }
  }
}

/// Hands out what it was given, for each authority.
struct FixedCredentials: ResponderCredentialSource {
  let credentials: [AuthorityID: ResponderCredential]

  func credential(for authority: AuthorityID) async throws -> ResponderCredential {
    guard let credential = credentials[authority] else { throw ResponderError.noResponder(authority) }
    return credential
  }

  func withdraw(_ serial: SerialNumber, under authority: AuthorityID) async -> Bool { false }
}

/// A signer that waits until it is let go.
final class HeldSigner: Signer {
  private let key: SoftwareKey
  private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

  init(_ key: SoftwareKey) { self.key = key }
  var publicKey: SubjectPublicKeyInfo { key.publicKey }
  var algorithm: SignatureAlgorithm { key.algorithm }
  var waiting: Int { state.withLock { $0.waiting.count } }

  func sign(_ message: [UInt8]) async throws(SigningError) -> [UInt8] {
    await withCheckedContinuation { continuation in
      let goes = state.withLock {
        if !$0.isOpen { $0.waiting.append(continuation) }
        return $0.isOpen
      }
      if goes { continuation.resume() }
    }
    return try key.signature(over: message)
  }

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}

/// A signer whose token is away.
struct AbsentSigner: Signer {
  let key: SoftwareKey
  var publicKey: SubjectPublicKeyInfo { key.publicKey }
  var algorithm: SignatureAlgorithm { key.algorithm }
  func sign(_ message: [UInt8]) async throws(SigningError) -> [UInt8] { throw .unavailable("token removed") }
}

/// Two authorities, one with a responder, and a certificate that stands good.
struct StandingFixture {
  let clock = ManualClock()
  let authority: SmallAuthority
  let other: SmallAuthority
  let id: AuthorityID
  let otherID: AuthorityID
  let source: MemoryStanding
  let responderKey: SoftwareKey
  let leaf: Certificate

  init(_ algorithm: KeyAlgorithm = .p256) throws {
    authority = try SmallAuthority(algorithm)
    other = try SmallAuthority(name: "Other Authority")
    id = try Self.identifier("operational-1")
    otherID = try Self.identifier("root-1")
    source = MemoryStanding(
      [StatusAuthority(id: id, certificate: authority.certificate), .init(id: otherID, certificate: other.certificate)]
        .compactMap { $0 })
    responderKey = try SoftwareKey.generate(algorithm)
    leaf = try authority.issue("leaf")
    source.set(CertificateStanding(state: .good), leaf.serial, id)
  }

  static func identifier(_ text: String) throws -> AuthorityID {
    guard let id = AuthorityID(rawValue: text) else { throw StoreError.missing(text) }
    return id
  }

  func credential(_ signer: (any Signer)? = nil, lifetime: Span = .days(7)) throws -> ResponderCredential {
    let signer = signer ?? responderKey
    let certificate = try authority.responderCertificate(for: signer.publicKey, lifetime: lifetime, at: clock.now())
    return try ResponderCredential(signer: signer, certificate: certificate)
  }

  /// Serves both authorities, with the cache trusted from now on.
  func responder(
    _ policy: OCSPPolicy = OCSPPolicy(cacheTrust: .seconds(3600)), signer: (any Signer)? = nil,
    credentials: (any ResponderCredentialSource)? = nil
  ) async throws -> OCSPResponder {
    let responder = OCSPResponder(
      source: source, credentials: try credentials ?? FixedCredentials(credentials: [id: credential(signer)]),
      policy: policy, clock: clock.now)
    responder.serve(try await source.authorities())
    responder.confirm(at: .now)
    return responder
  }

  func certID(
    _ serial: SerialNumber, hash: OCSPCertID.HashAlgorithm = .sha1, of authority: SmallAuthority? = nil
  ) throws -> OCSPCertID {
    let issuer = authority ?? self.authority
    guard
      let certificate = OCSPCertID(
        hash: hash, issuerName: issuer.certificate.subject.encoded, issuerKey: issuer.key.publicKey.keyOctets,
        serial: serial)
    else { throw StoreError.missing("hash") }
    return certificate
  }

  func request(_ serials: [SerialNumber]? = nil, nonce: [UInt8]? = nil) throws -> [UInt8] {
    OCSPRequest.encode(try (serials ?? [leaf.serial]).map { try certID($0) }, nonce: nonce)
  }
}

extension StatusAnswer {
  func ocsp() throws -> OCSPResponse { try OCSPResponse(parsing: bytes) }
  func basic() throws -> OCSPBasicResponse {
    guard let basic = try ocsp().basic else { throw OCSPResponseError.unknownStatus(0) }
    return basic
  }
}

import Credentials
import KeyCustody
import Registry
import WireFormats

/// Whoever has a root's key: reads a request and signs what it asks for, by this program's own templates and lint. It
/// needs no store and no network.
public struct RootHolder: Sendable {
  private let keys: [AuthorityID: any Signer]
  private let now: Clock

  /// - Parameter keys: of the roots at hand, by their identifiers.
  public init(keys: [AuthorityID: any Signer], clock: @escaping Clock) {
    self.keys = keys
    now = clock
  }

  /// - Parameter founded: the key of the new root that the request asks for, sealed already where it will wait.
  /// - Throws: `expired`, `notFound` without a root's key, `forbidden` when the certificate in the request is not that
  ///   key's.
  public func answer(_ cleared: ClearedRequest, founded: (any Signer)? = nil) async throws(Refusal) -> RootAnswer {
    let request = cleared.request
    guard now() <= request.expiresAt else {
      throw Refusal(.expired, "the request ended at \(request.expiresAt)", hint: "ask for the same again")
    }
    var parts: [RootAnswer.Part] = []
    for task in request.tasks { parts.append(try await sign(task, of: request, founded: founded)) }
    return RootAnswer(to: request, parts: parts, approval: cleared.approval)
  }

  /// For a root that no approvers stand before: refuses what names some.
  public func answer(_ request: RootRequest, founded: (any Signer)? = nil) async throws(Refusal) -> RootAnswer {
    try await answer(ClearedRequest(request, at: now()), founded: founded)
  }

  private func sign(
    _ task: RootTask, of request: RootRequest, founded: (any Signer)?
  ) async throws(Refusal) -> RootAnswer.Part {
    let signer = try key(of: task.issuer)
    let certificates = AuthorityCertificates(
      organization: request.name, addresses: Addresses(publicHTTP: request.address, isDemonstration: false), now: now())
    switch task {
    case .certify(let task):
      try task.checkProof(isRequired: request.act == .foundAuthorities)
      return .certificate(try await task.signed(by: signer, certificates))
    case .list(let task): return .list(try await task.signed(by: signer, at: now()))
    case .epoch(let task): return .signature(try await task.signed(by: signer, of: request))
    case .found(let task):
      guard let founded, founded.publicKey.algorithm == task.algorithm else {
        throw Refusal(.badRequest, "the request asks for a new root with a key of \(task.algorithm.rawValue)")
      }
      return try await task.signed(by: signer, founded, certificates, at: now())
    }
  }

  /// The certificate in the request came from elsewhere: only one that this very key signed for itself is the root's.
  private func key(of root: RootReference) throws(Refusal) -> any Signer {
    guard let signer = keys[root.id] else {
      throw Refusal(.notFound, "the key of the root \(root.id) is not here")
    }
    guard root.certificate.publicKey == signer.publicKey, root.certificate.isAuthority,
      root.certificate.isSelfIssued, root.certificate.isSigned(by: signer.publicKey)
    else { throw Refusal(.forbidden, "the request shows another certificate than the root's own") }
    return signer
  }
}

extension CertifyTask {
  /// RFC 2986 §3: the request is signed by the key that it is for, so that nobody is certified for another's.
  fileprivate func checkProof(isRequired: Bool) throws(Refusal) {
    guard let proof else {
      guard !isRequired else {
        throw Refusal(.proofOfPossession, "the request does not show that the key of \(subject) is where it comes from")
      }
      return
    }
    guard let request = try? CertificationRequest(parsing: proof), request.requested.subject == name,
      request.requested.publicKey == publicKey, request.verifyProofOfPossession()
    else { throw Refusal(.proofOfPossession, "the key of \(subject) did not sign its own request") }
  }

  fileprivate func signed(
    by signer: any Signer, _ certificates: AuthorityCertificates
  ) async throws(Refusal) -> [UInt8] {
    switch kind {
    case .authority:
      try await certificates.subordinate(
        name, publicKey: publicKey, notAfter: notAfter, issuer: issuer.certificate, issuerID: issuer.id, signer: signer)
    case .newWithOld, .oldWithNew:
      try await certificates.crossing(
        name, publicKey: publicKey, notAfter: notAfter, issuer: issuer.certificate, issuerID: issuer.id, signer: signer)
    }
  }
}

extension ListTask {
  func signed(by signer: any Signer, at now: Instant) async throws(Refusal) -> [UInt8] {
    let contents = CRLContents(
      issuer: issuer.certificate.subject.encoded,
      authorityKeyIdentifier: issuer.certificate.subjectKeyIdentifier ?? signer.publicKey.keyIdentifier, number: number,
      thisUpdate: now.wholeSecond, nextUpdate: nextUpdate, entries: entries, signatureAlgorithm: signer.algorithm)
    let message = contents.toBeSigned
    do {
      return contents.encode(toBeSigned: message, signature: try await signer.sign(message))
    } catch {
      throw Refusal.signing(error)
    }
  }
}

extension EpochTask {
  fileprivate func signed(by signer: any Signer, of request: RootRequest) async throws(Refusal) -> [UInt8] {
    guard statement.organization == request.organization.rawValue else {
      throw Refusal(.badRequest, "the statement is of another organization than the request")
    }
    do {
      return try await signer.sign(Array(statement.text.utf8))
    } catch {
      throw Refusal.signing(error)
    }
  }
}

extension FoundTask {
  fileprivate func signed(
    by signer: any Signer, _ founded: any Signer, _ certificates: AuthorityCertificates, at now: Instant
  ) async throws(Refusal) -> RootAnswer.Part {
    let root = try await certificates.root(name, signer: founded)
    guard let certificate = try? Certificate(parsing: root) else {
      throw Refusal(.unavailable, "the new root's certificate cannot be read")
    }
    let list = ListTask(
      by: RootReference(id: id, certificate: certificate), number: 1, nextUpdate: nextUpdate, entries: [])
    return .founded(
      root: root,
      newWithOld: try await certificates.crossing(
        name, publicKey: founded.publicKey, notAfter: issuer.certificate.notAfter, issuer: issuer.certificate,
        issuerID: issuer.id, signer: signer),
      list: try await list.signed(by: founded, at: now))
  }
}

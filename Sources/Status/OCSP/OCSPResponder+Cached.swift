import Credentials
import WireFormats

extension OCSPResponder {
  /// One certificate, no nonce (RFC 5019): from the cache, or signed into it.
  func cached(
    _ certificate: OCSPCertID, _ serial: SerialNumber, _ authority: StatusAuthority
  ) async throws -> StatusAnswer {
    let key = ResponseCache.Key(authority: authority.id, serial: serial)
    let now = now()
    let kept = kept(key, certificate)
    if kept.isTrusted, let response = kept.response, response.isFresh(at: now) { return answer(response, at: now) }
    guard fillGate.enter() else { return busy() }
    defer { fillGate.leave() }
    guard let standing = try await source.standings(of: [serial], under: authority.id)[serial] else {
      // Not kept, here or on the way: the serial may be issued in the next second, and strangers can ask for any.
      return try await onDemand([Question(certificate: certificate, serial: serial)], authority, nonce: nil)
    }
    // The changes are not being followed (a store that does not answer their reader): what the store says now decides.
    if let response = kept.response, response.standing == standing, response.isFresh(at: now) {
      return answer(response, at: now)
    }
    let response = try await sign(certificate, standing, authority, at: now)
    keep(response, key, certificate, at: kept.generation)
    return answer(response, at: now)
  }

  private func sign(
    _ certificate: OCSPCertID, _ standing: CertificateStanding, _ authority: StatusAuthority, at now: Instant
  ) async throws -> SignedResponse {
    let credential = try await credentials.credential(for: authority.id)
    let single = single(certificate, standing, credential, at: now)
    let bytes = try await encode([single], credential, nonce: nil, at: now)
    return SignedResponse(
      bytes: bytes, entityTag: StatusAnswer.entityTag(bytes), thisUpdate: single.thisUpdate,
      nextUpdate: single.nextUpdate ?? single.thisUpdate, standing: standing)
  }

  private func answer(_ response: SignedResponse, at now: Instant) -> StatusAnswer {
    // RFC 5019 §6.2: max-age ends before nextUpdate does; Last-Modified is thisUpdate, Expires is nextUpdate.
    let left = (response.nextUpdate - now).seconds - 1
    let maxAge = min(policy.maxAge.seconds, left)
    return .ocsp(
      response.bytes,
      maxAge <= 0
        ? .noStore
        : .shared(
          maxAge: maxAge, lastModified: response.thisUpdate, expires: response.nextUpdate,
          entityTag: response.entityTag))
  }
}

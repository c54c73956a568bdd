import Credentials
import WireFormats

/// What somebody who meets a device asks about its certificate, and whether the answer can be believed.
struct StatusQuestion {
  let certificate: Certificate
  /// Whose name it has above it, and whose key signed it.
  let authority: Certificate

  enum Answer: Hashable, Sendable {
    case good, unknown, held
    case revoked(RevocationReason?)
    /// Nothing that a verifier would go by, and why.
    case unusable(String)
  }

  /// RFC 6960 §3.2: what a client checks before it believes a response.
  func ask(_ address: some PublicAddress, at now: Instant) async -> Answer {
    guard let key = authority.publicKey,
      let asked = OCSPCertID(
        hash: .sha256, issuerName: authority.subject.encoded, issuerKey: key.keyOctets, serial: certificate.serial)
    else { return .unusable("the authority's key cannot be read") }
    guard let octets = await address.ocsp(OCSPRequest.encode([asked])) else { return .unusable("no answer") }
    guard let response = try? OCSPResponse(parsing: octets) else { return .unusable("no OCSP response") }
    guard let basic = response.basic else { return .unusable("\(response.status)") }
    guard let signer = basic.certificates.first.flatMap({ try? Certificate(parsing: $0) }), let own = signer.publicKey,
      basic.isSigned(by: own), signer.isSigned(by: key), signer.issuer == authority.subject,
      signer.extendedKeyUsages.contains(ExtendedKeyUsage.ocspSigning), signer.notBefore <= now, now <= signer.notAfter
    else { return .unusable("not signed by a responder of its authority") }
    guard let single = basic.response(for: certificate.serial), single.certificate == asked else {
      return .unusable("an answer about another certificate")
    }
    guard single.thisUpdate <= now, let nextUpdate = single.nextUpdate, now <= nextUpdate else {
      return .unusable("an answer of another time")
    }
    return Answer(single.status)
  }
}

extension StatusQuestion.Answer {
  fileprivate init(_ status: OCSPCertStatus) {
    switch status {
    case .good: self = .good
    case .unknown: self = .unknown
    case .revoked(_, .certificateHold): self = .held
    case .revoked(_, let reason): self = .revoked(reason)
    }
  }

  /// For the report.
  var word: String {
    switch self {
    case .good: "good"
    case .unknown: "unknown"
    case .held: "held"
    case .revoked: "revoked"
    case .unusable: "unusable"
    }
  }
}

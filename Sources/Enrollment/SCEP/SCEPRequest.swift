import Credentials
import Issuance
import Registry
import WireFormats

/// A pkiMessage whose signature holds and whose envelope is open.
struct SCEPRequest: Sendable {
  let message: SCEPMessage
  let certificate: SignerCertificate
  /// What was in the envelope.
  let content: [UInt8]
  /// The content encryption of the request: the answer has the same, since the client can do that.
  let contentEncryption: ContentEncryption
  /// The secret that opened it, with the name that it was looked up by, where a password did.
  let password: (name: String, secret: [UInt8])?

  /// The signer made its certificate itself, so that it shows a key and nothing else (RFC 8894 §2.3).
  var isSelfSigned: Bool { certificate.isSelfIssued }
}

extension SCEPRequest {
  /// The certification request inside, signed by its own key. Every fault in it is the same failure, whatever it is, and
  /// comes before the challenge password is looked at: see `SCEPFailure.unreadable`.
  func certificationRequest() throws(SCEPFailure) -> CertificationRequest {
    guard let request = try? CertificationRequest(parsing: content).proven else { throw .unreadable }
    return request
  }

  /// In no protocol's terms.
  func enrollment(
    _ request: CertificationRequest, profile: ProfileName, isRenewal: Bool, address: String
  ) throws(SCEPFailure) -> EnrollmentRequest {
    EnrollmentRequest(
      request: request, credential: try credential(request, isRenewal: isRenewal), door: .scep, label: profile,
      isRenewal: isRenewal, address: address)
  }

  private func credential(_ request: CertificationRequest, isRenewal: Bool) throws(SCEPFailure) -> Credential {
    if isRenewal {
      // RFC 8894 §3.3.1.2: signed by the certificate that is renewed.
      guard !isSelfSigned else {
        throw SCEPFailure(.badRequest, "a RenewalReq is signed by the certificate that it renews")
      }
      return .certificate(certificate.encoded, chain: message.chain)
    }
    if isSelfSigned {
      // RFC 8894 §2.3: by the key that is to be certified.
      guard certificate.publicKey == request.publicKey else {
        throw SCEPFailure(.badMessageCheck, "the message is not signed by the key that is to be certified")
      }
      return secret(request)
    }
    // A device that shows a challenge means that; one that shows none is known by its certificate. A secret counts only
    // under the key that is to be certified: anybody may make a certificate, and put another's envelope under it.
    guard request.challengePassword != nil || password != nil, certificate.publicKey == request.publicKey else {
      return .certificate(certificate.encoded, chain: message.chain)
    }
    return secret(request)
  }

  private func secret(_ request: CertificationRequest) -> Credential {
    if let password { return .secret(name: password.name, secret: password.secret) }
    if let challenge = request.challengePassword, !challenge.isEmpty { return .bareSecret(Array(challenge.utf8)) }
    // Nothing but a name and its key, which is enough where a profile takes a registered key.
    return .secret(name: Self.name(request.subject) ?? "", secret: [])
  }

  /// A device's serial as a subject states it.
  static func name(_ subject: DistinguishedName) -> String? {
    subject.values(of: AttributeType.serialNumber).first ?? subject.values(of: AttributeType.commonName).first
  }
}

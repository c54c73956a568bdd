import Credentials
import Issuance

extension PKIStatusInfo {
  /// A refusal in CMP's vocabulary (RFC 9810 §5.2.3). What the log is told of it is not in the text.
  init(_ refusal: Refusal) {
    let hint = refusal.hint.map { "; \($0)" } ?? ""
    let rule = refusal.rule.map { " (rule \($0))" } ?? ""
    self.init(
      refusal.code == .pendingApproval ? .waiting : .rejection, text: refusal.reason + rule + hint,
      failInfo: PKIFailureInfo(refusal), detail: refusal.detail)
  }

  /// A request for a certificate that cannot be read, in words for whoever made it.
  init(certificationRequest error: CertificationRequestError) {
    let refusal = Refusal(certificationRequest: error)
    let failInfo: PKIFailureInfo =
      switch error {
      case .tooLarge, .malformed, .unsupportedVersion: .badDataFormat
      case .publicKey, .duplicateAttribute, .duplicateExtension, .malformedExtension: .badCertTemplate
      case .unsupportedSignatureAlgorithm: .badAlg
      }
    self.init(.rejection, text: refusal.reason, failInfo: failInfo, detail: refusal.detail)
  }
}

extension PKIFailureInfo {
  init(_ refusal: Refusal) {
    self =
      switch refusal.code {
      case .badRequest, .notFound: .badRequest
      case .proofOfPossession: .badPOP
      case .unauthenticated: .signerNotTrusted
      case .forbidden, .suspended, .retired, .expired, .exhausted: .notAuthorized
      case .conflict: .duplicateCertReq
      case .policy: Self.rule(refusal.rule)
      case .revoked: .certRevoked
      case .keyReuse: .badCertTemplate
      case .throttled, .unavailable: .systemUnavail
      case .pendingApproval: []
      }
  }

  /// What of the template a profile's rule is about.
  private static func rule(_ name: String?) -> PKIFailureInfo {
    switch name {
    case "extension", "key-usage", "extended-key-usage", "basic-constraints", "subject-key-identifier",
      "subject-alternative-name":
      .unacceptedExtension
    case "subject", "key-algorithm", "server-key-generation", "renewal-names", "reserved-name": .badCertTemplate
    default: .unacceptedPolicy
    }
  }
}

import Credentials
import WireFormats

extension PKIMessage {
  /// Reads the body and what is asked in it, as answering does before anything is decided: whether it is a message that
  /// a client sends, and its proof of possession, by a signature of its own or by another's word.
  package var isReadable: Bool {
    guard let kind = PKIBody.Kind(tag: body.tag), let content = try? PKIBody(kind, body) else { return false }
    if let algorithm = header.protectionAlgorithm, SignatureAlgorithm(algorithmIdentifier: algorithm) == nil,
      (try? PasswordProtection(algorithmIdentifier: algorithm)) == nil
    {
      return false
    }
    _ = (header.certificateProfile, header.asksImplicitConfirm)
    switch content {
    case .requests(let messages):
      guard let asked = try? messages.asked() else { return false }
      let requested = asked.requested
      return asked.keyKind != nil || requested.isVouchedFor || requested.verifyProofOfPossession()
    case .certificationRequest(let der):
      return (try? CertificationRequest(parsing: der))?.verifyProofOfPossession() ?? false
    case .nested(let messages):
      // As deep as anything is read.
      return messages.allSatisfy { $0.body.tag != body.tag && $0.isReadable }
    case .general(let items):
      for item in items { _ = item.value.map { try? CRLStatus.parseAll($0) } }
      return true
    case .revocation, .confirmation, .poll, .error: return true
    case .other: return false
    }
  }
}

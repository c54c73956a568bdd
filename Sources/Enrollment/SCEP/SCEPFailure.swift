import Credentials
import Issuance

/// A CertRep with pkiStatus FAILURE (RFC 8894 §3.2.1.3, §3.2.1.4), before it is signed.
struct SCEPFailure: Error, Hashable, Sendable {
  let failInfo: SCEPFailInfo
  /// For the client: failInfoText.
  let text: String
  /// What issuing said, where it was asked.
  let refusal: Refusal?

  init(_ failInfo: SCEPFailInfo, _ text: String, refusal: Refusal? = nil) {
    self.failInfo = failInfo
    self.text = text
    self.refusal = refusal
  }

  /// Whatever is wrong with a message's envelope, or with what it holds up to the request's own signature, is this one
  /// failure: who sends somebody else's envelope again with a change in it learns nothing from the answer.
  static let unreadable = SCEPFailure(.badMessageCheck, "the message cannot be opened to a certification request")

  init(_ error: CMSError) {
    switch error {
    case .unsupportedAlgorithm(let identifier):
      self.init(.badAlg, "the algorithm \(identifier) is not taken here: AES with SHA-256, SHA-384 or SHA-512 is")
    case .tooManyIterations:
      self.init(.badAlg, "the password's derivation has too many iterations")
    case .badSignature, .digestMismatch, .contentTypeMismatch, .missingAttribute, .missingContent:
      self.init(.badMessageCheck, "the message's signature does not hold")
    case .tooLarge, .malformed, .unexpectedContentType, .notARecipient, .cannotOpen, .cannotSeal:
      self = .unreadable
    }
  }
}

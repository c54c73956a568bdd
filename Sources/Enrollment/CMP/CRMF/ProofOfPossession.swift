import Credentials
import WireFormats

/// ProofOfPossession (RFC 4211 §4).
enum ProofOfPossession: Sendable {
  /// `raVerified [0] NULL`
  case raVerified
  /// `signature [1] POPOSigningKey`: the AlgorithmIdentifier, DER, and the signature's octets.
  case signature(algorithm: [UInt8], ArraySlice<UInt8>)
  /// `signature [1]` with poposkInput, `keyEncipherment [2]`, `keyAgreement [3]`.
  case other(String)

  init(parsing element: DERElement) throws(DERError) {
    switch element.tag {
    case DERTag.context(0): self = .raVerified
    case DERTag.contextConstructed(1): self = try Self.signingKey(element)
    case DERTag.contextConstructed(2): self = .other("keyEncipherment")
    case DERTag.contextConstructed(3): self = .other("keyAgreement")
    default: throw .unexpectedTag(found: element.tag, expected: DERTag.contextConstructed(1))
    }
  }

  /// `POPOSigningKey ::= SEQUENCE { poposkInput [0] OPTIONAL, algorithmIdentifier, signature BIT STRING }`
  private static func signingKey(_ element: DERElement) throws(DERError) -> ProofOfPossession {
    var fields = element.reader
    if fields.nextTag == DERTag.contextConstructed(0) { return .other("poposkInput") }
    let algorithm = try fields.read(DERTag.sequence)
    let signature = try fields.readOctetAlignedBitString()
    try fields.finish()
    return .signature(algorithm: Array(algorithm.encoded), signature)
  }

  /// RFC 4211 §4.1: without poposkInput the signature covers CertRequest. RFC 9483 §4.1.1 asks for no other form.
  func proof(over request: ArraySlice<UInt8>) throws(PKIStatusInfo) -> RequestedCertificate.Proof {
    switch self {
    case .raVerified: return .vouched
    case .signature(let algorithm, let signature):
      guard let known = SignatureAlgorithm(algorithmIdentifier: algorithm) else {
        throw .rejection(
          [.badAlg, .badPOP], "the proof of possession is signed with an algorithm that is not known here")
      }
      return .signature(signature, over: request, algorithm: known)
    case .other(let form):
      throw .rejection(.badPOP, "proof of possession by \(form) is not taken here; sign the request")
    }
  }
}

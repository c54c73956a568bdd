import Attestation
import WireFormats

/// What is remembered between challenge and answer, by whichever process takes the answer. It holds no secret: of the
/// credential's only the digest.
struct TPMExchangeState {
  let challenge: ResidenceChallenge
  /// The trusted authority that vouches for the TPM, by its name.
  let manufacturer: String
  /// Who asked for the challenge; nobody else answers it.
  let requester: String

  var encoded: [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.octetString(challenge.endorsementKeyHash)
        $0.octetString(challenge.attestationKey.area.encoded)
        $0.octetString(challenge.secretHash)
        $0.octetString(challenge.nonce)
        $0.utf8String(manufacturer)
        $0.utf8String(requester)
      }
    }
  }

  init(challenge: ResidenceChallenge, manufacturer: String, requester: String) {
    (self.challenge, self.manufacturer, self.requester) = (challenge, manufacturer, requester)
  }

  init(parsing octets: [UInt8]) throws {
    var outer = DERReader(octets)
    var fields = try outer.readSequence()
    try outer.finish()
    let endorsementKeyHash = Array(try fields.readOctetString())
    let area = Array(try fields.readOctetString())
    let secretHash = Array(try fields.readOctetString())
    let nonce = Array(try fields.readOctetString())
    manufacturer = String(decoding: try fields.read(DERTag.utf8String).content, as: UTF8.self)
    requester = String(decoding: try fields.read(DERTag.utf8String).content, as: UTF8.self)
    try fields.finish()
    challenge = ResidenceChallenge(
      endorsementKeyHash: endorsementKeyHash, attestationKey: try AttestationKey(publicArea: area),
      secretHash: secretHash, nonce: nonce)
  }
}

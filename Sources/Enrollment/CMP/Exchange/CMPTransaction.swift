import WireFormats

/// What a transaction (RFC 9810 §5.1.1) leaves between its messages. It lies in the store, so that the next message may
/// reach another process, and a message that is sent again is answered as before.
struct CMPTransaction: Hashable, Sendable {
  enum Stage: Int, Sendable {
    /// An operator has to approve.
    case waiting
    /// Issued; the client has not said yet whether it takes it.
    case unconfirmed
    /// Nothing more is awaited.
    case ended
  }

  var stage: Stage
  /// `Protector.identity` of whoever began it.
  var identity: [UInt8]
  /// The first message whole, while it waits; then its digest alone.
  var request: [UInt8]
  var requestDigest: [UInt8]
  var answer: [UInt8]
  /// The latest message after the first, and its answer.
  var laterDigest: [UInt8] = []
  var laterAnswer: [UInt8] = []
  /// What the client's next message says in recipNonce.
  var nonce: [UInt8]
  /// DER; empty before there is one.
  var certificate: [UInt8] = []
  /// The profile that the first message's address named; empty where it named none.
  var label: [UInt8] = []

  /// What was answered to this very message before; nil for another message, and where the answer was not kept, since
  /// it carried a key.
  func answer(to digest: [UInt8]) -> [UInt8]? {
    let known = digest == requestDigest ? answer : digest == laterDigest ? laterAnswer : []
    return known.isEmpty ? nil : known
  }

  var encoded: [UInt8] {
    DERWriter.build(capacity: answer.count + laterAnswer.count + 512) {
      $0.sequence {
        $0.integer(stage.rawValue)
        for octets in [
          identity, request, requestDigest, answer, laterDigest, laterAnswer, nonce, certificate, label,
        ] { $0.octetString(octets) }
      }
    }
  }

  init(parsing encoded: [UInt8]) throws(DERError) {
    var outer = DERReader(encoded)
    var fields = try outer.readSequence()
    guard let stage = Stage(rawValue: try fields.readSmallInteger()) else { throw .badInteger }
    self.stage = stage
    identity = Array(try fields.readOctetString())
    request = Array(try fields.readOctetString())
    requestDigest = Array(try fields.readOctetString())
    answer = Array(try fields.readOctetString())
    laterDigest = Array(try fields.readOctetString())
    laterAnswer = Array(try fields.readOctetString())
    nonce = Array(try fields.readOctetString())
    certificate = Array(try fields.readOctetString())
    label = Array(try fields.readOctetString())
    try fields.finish()
  }

  init(
    stage: Stage, identity: [UInt8], request: [UInt8], requestDigest: [UInt8], answer: [UInt8], nonce: [UInt8],
    certificate: [UInt8] = []
  ) {
    (self.stage, self.identity, self.request) = (stage, identity, request)
    (self.requestDigest, self.answer, self.nonce, self.certificate) = (requestDigest, answer, nonce, certificate)
  }
}

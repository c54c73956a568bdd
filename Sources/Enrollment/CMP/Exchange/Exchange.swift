import Credentials
import Issuance
import Registry
import WireFormats

/// One message that is believed, with whoever protected it: what the answers are made from.
struct Exchange: Sendable {
  let message: PKIMessage
  let kind: PKIBody.Kind
  let protector: Protector
  let label: ProfileName?
  let client: String

  /// The transaction's name in the store.
  let transaction: String
  let digest: [UInt8]

  var header: PKIHeader { message.header }

  init(message: PKIMessage, kind: PKIBody.Kind, protector: Protector, label: ProfileName?, client: String) {
    (self.message, self.kind, self.protector, self.label, self.client) = (message, kind, protector, label, client)
    transaction = Hex.encode(message.header.transactionID ?? [])
    digest = DigestAlgorithm.sha256.digest(message.encoded)
  }
}

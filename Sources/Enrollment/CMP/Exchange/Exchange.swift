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

  var header: PKIHeader { message.header }

  /// The transaction's name in the store.
  var transaction: String { Hex.encode(header.transactionID ?? []) }

  var digest: [UInt8] { DigestAlgorithm.sha256.digest(message.encoded) }
}

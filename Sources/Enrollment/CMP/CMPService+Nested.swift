import Credentials
import Issuance
import WireFormats

extension CMPService {
  /// Messages that a registration authority passes on under its own signature (RFC 9483 §5.2.2). Each is answered by
  /// its own protection; the outer one adds no right.
  func unwrap(_ messages: [PKIMessage], _ exchange: Exchange, at address: CMPAddress) async throws(PKIStatusInfo)
    -> Answered
  {
    guard case .certificate(let certificate, _) = exchange.protector,
      try await registrationAuthority(certificate) != nil
    else { throw .rejection(.notAuthorized, "nested messages come from a registration authority with a record here") }
    // What was added to one message alone has its transaction, and the answer to it is the answer.
    let inner = CMPAddress(label: address.label, operation: nil, client: address.client)
    if let only = messages.first, messages.count == 1, only.header.transactionID == exchange.header.transactionID {
      let answer = await answer(only, at: inner, isNested: true)
      guard let message = answer.message else { throw .rejection(.badDataFormat, "the nested message cannot be read") }
      return Answered(message: message, failure: answer.failure)
    }
    guard messages.allSatisfy({ $0.header.transactionID != exchange.header.transactionID }) else {
      throw .rejection(.badRequest, "a batch has a transactionID of its own")
    }
    var answers: [[UInt8]] = []
    for message in messages {
      if let octets = await answer(message, at: inner, isNested: true).message { answers.append(octets) }
    }
    return try await seal(.nested(answers), exchange)
  }
}

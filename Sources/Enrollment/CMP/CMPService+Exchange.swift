import Credentials
import Issuance
import Registry
import WireFormats

/// An answer, sealed, and what the log is told where nothing was done.
struct Answered: Sendable {
  let message: [UInt8]
  var failure: PKIStatusInfo?
}

extension CMPService {
  /// How long a transaction is remembered: as long as a message of its time would be believed, twice.
  static let memory = Span.hours(2)
  /// An operator takes days.
  static let patience = Span.days(14)
  /// Past every renewal's grace.
  private static let afterExpiry = Span.days(120)

  func answer(_ exchange: Exchange, at address: CMPAddress) async throws(PKIStatusInfo) -> Answered {
    let body: PKIBody
    do throws(DERError) {
      body = try PKIBody(exchange.kind, exchange.message.body)
    } catch {
      throw .rejection(.badDataFormat, "the message's body cannot be read", detail: "\(error)")
    }
    switch body {
    case .general(let items): return try await seal(try await general(items, label: exchange.label), exchange)
    case .other: throw .rejection(.badRequest, "this kind of message is not answered here")
    case .requests, .certificationRequest, .revocation, .confirmation, .poll, .nested, .error: break
    }
    if case .nobody = exchange.protector {
      throw .rejection(.badMessageCheck, "this message must be protected, by a secret or a signature")
    }
    // Each nested message is held against others of its own transaction.
    if case .nested(let messages) = body { return try await unwrap(messages, exchange, at: address) }
    guard underWay.enter(exchange.transaction) else {
      throw .rejection(.transactionIdInUse, "a message of this transaction is being answered; send it again")
    }
    defer { underWay.leave(exchange.transaction) }
    switch body {
    case .requests(let messages):
      return try await enroll(exchange, identifier: messages.identifier) { () throws(PKIStatusInfo) in
        try Self.request(messages, exchange)
      }
    case .certificationRequest(let der):
      return try await enroll(exchange, identifier: -1) { () throws(PKIStatusInfo) in
        try Self.request(pkcs10: der)
      }
    case .revocation(let content): return try await revoke(content, exchange)
    case .confirmation(let statuses): return try await confirm(statuses, exchange)
    case .poll(let identifier): return try await poll(identifier, exchange)
    case .error: return try await end(exchange)
    case .general, .nested, .other: throw .rejection(.badRequest, "this kind of message is not answered here")
    }
  }

  func seal(_ reply: Reply, _ exchange: Exchange, failure: PKIStatusInfo? = nil) async throws(PKIStatusInfo) -> Answered
  {
    Answered(message: try await sealed(reply, exchange).message, failure: failure)
  }

  func sealed(_ reply: Reply, _ exchange: Exchange) async throws(PKIStatusInfo) -> ReplySealer.Sealed {
    do throws(Refusal) {
      return try await sealer.seal(
        reply, to: exchange.header, protector: exchange.protector, label: exchange.label)
    } catch {
      throw PKIStatusInfo(error)
    }
  }

  /// What this transaction left, with the octets that it lies in the store as.
  func known(_ exchange: Exchange) async throws(PKIStatusInfo) -> (state: CMPTransaction, encoded: [UInt8])? {
    do throws(Refusal) {
      guard let encoded = try await transactions.transaction(exchange.transaction) else { return nil }
      guard let state = try? CMPTransaction(parsing: encoded) else {
        throw Refusal(.unavailable, "the transaction's state cannot be read")
      }
      return (state, encoded)
    } catch {
      throw PKIStatusInfo(error)
    }
  }

  /// Durable before the answer leaves.
  func keep(
    _ state: CMPTransaction, replacing old: [UInt8]?, _ exchange: Exchange
  ) async throws(PKIStatusInfo) {
    let kept: Bool
    do throws(Refusal) {
      kept = try await transactions.put(
        state.encoded, replacing: old, of: exchange.transaction,
        until: end(of: state, exchange))
    } catch {
      throw PKIStatusInfo(error)
    }
    guard kept else { throw .rejection(.transactionIdInUse, "the transaction went on elsewhere; send this again") }
  }

  /// A message that says when it was made is not believed later. One of a device without a clock would be, as long as its
  /// certificate may ask for another: it is remembered for that long.
  private func end(of state: CMPTransaction, _ exchange: Exchange) -> Instant {
    let end = now() + (state.stage == .waiting ? Self.patience : Self.memory)
    guard exchange.header.messageTime == nil, case .certificate(let certificate, _) = exchange.protector else {
      return end
    }
    return max(end, min(certificate.notAfter, .noExpiry - Self.afterExpiry) + Self.afterExpiry)
  }

  /// What certConf and pollReq go on with: a transaction of the same sender, by the nonce that it was given.
  func continued(_ exchange: Exchange) async throws(PKIStatusInfo) -> (state: CMPTransaction, encoded: [UInt8]) {
    guard let known = try await known(exchange), known.state.identity == exchange.protector.identity else {
      throw .rejection(.badRequest, "there is no such transaction of this sender")
    }
    return known
  }

  func checkNonce(_ exchange: Exchange, _ state: CMPTransaction) throws(PKIStatusInfo) {
    guard exchange.header.recipientNonce == state.nonce else {
      throw .rejection(.badRecipientNonce, "recipNonce is not the nonce of the latest answer")
    }
  }
}

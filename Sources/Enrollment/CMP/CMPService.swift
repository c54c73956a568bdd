import Credentials
import Issuance
import Registry
import WireFormats

/// RFC 9810 and the lightweight profile RFC 9483 between their octets and issuing. What outlives a message lies in
/// `transactions`; it reads and writes no socket.
public struct CMPService: Sendable {
  /// The registration authority whose certificate this is, by its record; nil for anybody else's.
  public typealias Registrar = @Sendable (_ certificate: Certificate) async throws(Refusal) -> Actor?
  /// Notes a wrong secret by name and address; the seconds for which no more are wanted, from the tenth in a minute.
  public typealias WrongSecret = @Sendable (_ name: String, _ address: String) -> Int?

  let enrolling: any Enrolling
  let revoking: any OwnRevoking
  let information: any SupportInformation
  let transactions: any CMPTransactions
  let registrar: Registrar
  let verifier: MessageVerifier
  let sealer: ReplySealer
  let keyGeneration: CMPKeyGeneration?
  let wrongSecret: WrongSecret
  let now: Clock
  let underWay = UnderWay()

  /// RFC 9483 §3.5: a message of another time than now. As long as certificates are backdated for slow clocks.
  static let tolerance = Span.hours(1)

  /// - Parameter keyGeneration: nil where no keys are made for devices, whatever their profiles say.
  public init(
    enrolling: any Enrolling, revoking: any OwnRevoking, information: any SupportInformation,
    transactions: any CMPTransactions, secrets: any SecretOpening, protecting: any MessageProtecting,
    keyGeneration: CMPKeyGeneration? = nil, registrar: @escaping Registrar,
    wrongSecret: @escaping WrongSecret = { _, _ in nil }, clock: @escaping Clock
  ) {
    self.enrolling = enrolling
    self.revoking = revoking
    self.information = information
    self.transactions = transactions
    self.registrar = registrar
    verifier = MessageVerifier(secrets: secrets)
    sealer = ReplySealer(protecting: protecting, now: clock)
    self.keyGeneration = keyGeneration
    self.wrongSecret = wrongSecret
    now = clock
  }

  /// - Parameter octets: what was posted.
  public func answer(_ octets: [UInt8], at address: CMPAddress) async -> CMPAnswer {
    guard let message = try? PKIMessage(parsing: octets) else { return CMPAnswer(nil, to: nil) }
    return await answer(message, at: address, isNested: false)
  }

  func answer(_ message: PKIMessage, at address: CMPAddress, isNested: Bool) async -> CMPAnswer {
    let kind = PKIBody.Kind(tag: message.body.tag)
    var protector = Protector.nobody
    var label: ProfileName?
    do throws(PKIStatusInfo) {
      label = try Self.label(address.label ?? message.header.certificateProfile)
      guard let kind else { throw .rejection(.badDataFormat, "there is no such body") }
      try Self.check(message.header, at: now())
      guard address.operation?.takes(kind) ?? true, !(isNested && kind == .nested) else {
        throw .rejection(.badRequest, "this message does not belong here")
      }
      protector = try await prove(message, from: address.client)
      let exchange = Exchange(
        message: message, kind: kind, protector: protector, label: label, client: address.client)
      let answered = try await answer(exchange, at: address)
      return CMPAnswer(answered.message, to: kind, failure: answered.failure, sender: protector.text)
    } catch {
      return await refuse(error, message, kind, protector, label)
    }
  }

  private func prove(_ message: PKIMessage, from client: String) async throws(PKIStatusInfo) -> Protector {
    switch try await verifier.verify(message) {
    case .protector(let protector): return protector
    case .wrongSecret(let name):
      guard let seconds = wrongSecret(name, client) else {
        throw .rejection(.badMessageCheck, "name or secret is wrong")
      }
      throw .rejection(.systemUnavail, "too many wrong secrets; try the right one, or again in \(seconds) s")
    }
  }

  /// An error message, signed, or under the secret that was proved. Without anybody to sign it goes out unprotected
  /// (RFC 9810 §5.1.3 leaves that open for errors).
  private func refuse(
    _ status: PKIStatusInfo, _ message: PKIMessage, _ kind: PKIBody.Kind?, _ protector: Protector, _ label: ProfileName?
  ) async -> CMPAnswer {
    let sealed = try? await sealer.seal(.error(status), to: message.header, protector: protector, label: label)
    let octets = sealed?.message ?? sealer.unprotected(.error(status), to: message.header)
    return CMPAnswer(octets, to: kind, failure: status, sender: protector.text)
  }

  static func label(_ text: String?) throws(PKIStatusInfo) -> ProfileName? {
    guard let text else { return nil }
    guard let name = ProfileName(rawValue: text) else {
      throw .rejection(.badRequest, "there is no such profile at this address")
    }
    return name
  }

  /// RFC 9483 §3.5.
  private static func check(_ header: PKIHeader, at now: Instant) throws(PKIStatusInfo) {
    guard header.version == 2 || header.version == 3 else {
      throw .rejection(.unsupportedVersion, "versions are 2 and 3 (pvno)")
    }
    guard let transaction = header.transactionID, (8...64).contains(transaction.count) else {
      throw .rejection(.badDataFormat, "a transactionID is 8 to 64 octets, better 16")
    }
    guard let nonce = header.senderNonce, (16...64).contains(nonce.count) else {
      throw .rejection(.badSenderNonce, "a senderNonce is at least 16 octets")
    }
    guard let time = header.messageTime else { return }
    guard time - now <= tolerance, now - time <= tolerance else {
      throw .rejection(.badTime, "messageTime is more than an hour away from \(now)")
    }
  }
}

extension PKIBody.Kind {
  init?(tag: UInt8) {
    guard tag & 0xE0 == 0xA0 else { return nil }
    self.init(rawValue: tag & 0x1F)
  }
}

import Issuance
import Registry
import Synchronization
import WireFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Asks a factory's own system, over HTTPS, whether a certificate may be issued. Whatever is not a clear yes is a no.
public final class AuthorizingWebhook: Authorizing {
  /// Questions under way at once, of all profiles. A device that is refused for want of a place asks again.
  static let places = 64
  /// Octets of an answer.
  static let longest = 16 * 1024
  /// Characters of a reason that are kept.
  private static let reasonLimit = 200

  private let client: OutgoingClient
  private let signer: MessageSigner
  private let measures: Measures
  private let now: Clock
  private let underWay = Mutex(0)

  public init(client: OutgoingClient, signer: MessageSigner, measures: Measures, clock: @escaping Clock) {
    (self.client, self.signer, self.measures, now) = (client, signer, measures, clock)
  }

  /// What is sent.
  private struct Question: Encodable {
    let type = "touchmark/authorize/v1"
    let id: String
    let at: String
    let organization: String
    let profile: String
    let occasion: String
    let door: String
    let serial: String
    let manufacturer: String?
    let product: String?
    let lot: String?
    let principal: String
    let subject: String
    let keySHA256: String
    let address: String

    enum CodingKeys: String, CodingKey {
      case type, id, at, organization, profile, occasion, door, serial, manufacturer, product, lot, principal, subject
      case keySHA256 = "key_sha256"
      case address
    }
  }

  /// What is understood of an answer; other members are passed over.
  private struct Answer: Decodable {
    let allow: Bool
    let reason: String?
    let id: String?
  }

  public func authorize(
    _ question: AuthorizationQuestion, _ authorization: Profile.Authorization
  ) async throws(Refusal) -> String {
    let host = authorization.address.host
    let began = ContinuousClock.now
    defer { measures.authorizationSeconds.observe(Unlabelled(), began.duration(to: .now)) }
    let answer: Answer
    do {
      answer = try await ask(question, authorization)
    } catch {
      count("failed", question)
      throw Refusal(
        .unavailable, "the system that decides for this profile cannot be asked now", rule: Profile.Authorization.rule,
        detail: "\(host): \(error)")
    }
    guard answer.allow else {
      count("refused", question)
      let reason = answer.reason.map { ": " + Self.harmless($0) } ?? ""
      throw Refusal(
        .forbidden, "the system that decides for this profile refused", rule: Profile.Authorization.rule,
        detail: host + reason)
    }
    count("allowed", question)
    return host
  }

  private func ask(
    _ question: AuthorizationQuestion, _ authorization: Profile.Authorization
  ) async throws(OutgoingFailure) -> Answer {
    let isAdmitted = underWay.withLock { count in
      guard count < Self.places else { return false }
      count += 1
      return true
    }
    guard isAdmitted else { throw .tooMany(limit: Self.places) }
    defer { underWay.withLock { $0 -= 1 } }
    let id = MessageSigner.nonce()
    let answer = try await client.post(
      try body(of: question, id: id), type: "application/json", id: id, signedBy: signer, to: authorization.address,
      within: .milliseconds(authorization.timeout.milliseconds), longest: Self.longest)
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(answer)), answer.id ?? id == id else {
      throw .unreadable
    }
    return answer
  }

  private func body(of question: AuthorizationQuestion, id: String) throws(OutgoingFailure) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let sent = Question(
      id: id, at: now().description, organization: question.organization, profile: question.profile.rawValue,
      occasion: question.occasion.rawValue, door: question.door.rawValue, serial: question.serial,
      manufacturer: question.device?.manufacturer, product: question.device?.product, lot: question.device?.lot,
      principal: question.principal, subject: question.subject, keySHA256: Hex.encode(question.keyHash),
      address: question.address)
    do { return [UInt8](try encoder.encode(sent)) } catch { throw .unreadable }
  }

  private func count(_ outcome: String, _ question: AuthorizationQuestion) {
    measures.authorizations.add(Measures.Outcome(name: question.profile.rawValue, outcome: outcome))
  }

  /// One short line without control characters: it goes into the log.
  private static func harmless(_ reason: String) -> String {
    let scalars = reason.unicodeScalars.prefix(reasonLimit).map {
      $0.properties.generalCategory == .control || $0.properties.generalCategory == .format ? " " : $0
    }
    return String(String.UnicodeScalarView(scalars))
  }
}

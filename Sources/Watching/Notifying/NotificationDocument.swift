import WireFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a target is told, as JSON.
struct NotificationDocument: Codable, Hashable, Sendable {
  enum State: String, Codable, Sendable { case raised, cleared, test }

  var type = "touchmark/notification/v1"
  /// The same for each attempt: whoever receives it acts once.
  let id: String
  let at: String
  let organization: String
  let state: State
  /// Absent in a test.
  let condition: ConditionKind?
  let subject: String?
  /// One sentence.
  let text: String
  let details: [String: String]
  /// When it was raised.
  let since: String?

  init(_ condition: Condition, state: State, at instant: Instant, since: Instant, organization: String) {
    (id, at, self.organization, self.state) = (MessageSigner.nonce(), "\(instant)", organization, state)
    (self.condition, subject, text) = (condition.kind, condition.subject, condition.text)
    (details, self.since) = (condition.details, "\(since)")
  }

  init(testAt instant: Instant, organization: String) {
    (id, at, self.organization, state) = (MessageSigner.nonce(), "\(instant)", organization, .test)
    (condition, subject, details, since) = (nil, nil, [:], nil)
    text = "a test: this target is told of conditions"
  }

  var encoded: [UInt8] {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return [UInt8](try encoder.encode(self))
    }
  }

  static func id(of document: [UInt8]) -> String {
    (try? JSONDecoder().decode(NotificationDocument.self, from: Data(document)))?.id ?? MessageSigner.nonce()
  }
}

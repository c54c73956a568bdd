import Registry
import WireFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Something that an operator has to know of.
public struct Condition: Hashable, Sendable, Codable {
  public let kind: ConditionKind
  /// Which authority or device; nil where there is one for the installation.
  public let subject: String?
  /// One sentence.
  public let text: String
  public let details: [String: String]

  public init(_ kind: ConditionKind, _ subject: String? = nil, _ text: String, details: [String: String] = [:]) {
    (self.kind, self.subject, self.text, self.details) = (kind, subject, text, details)
  }

  /// The same for as long as it stands, whatever its text says.
  public var name: String { subject.map { "\(kind.rawValue):\($0)" } ?? kind.rawValue }

  func standing(since: Instant) throws -> StandingCondition {
    StandingCondition(name: name, raisedAt: since, document: [UInt8](try JSONEncoder().encode(self)))
  }

  /// Nil for what another version wrote.
  public init?(_ standing: StandingCondition) {
    guard let known = try? JSONDecoder().decode(Condition.self, from: Data(standing.document)) else { return nil }
    self = known
  }
}

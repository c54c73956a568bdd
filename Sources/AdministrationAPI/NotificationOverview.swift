/// Whom conditions are told, and which stand now.
public struct NotificationOverview: Codable, Hashable, Sendable {
  public var targets: [NotificationTargetItem]
  public var conditions: [ConditionItem]
  /// Notifications that were not delivered yet.
  public var waiting: Int

  public init(targets: [NotificationTargetItem], conditions: [ConditionItem], waiting: Int) {
    (self.targets, self.conditions, self.waiting) = (targets, conditions, waiting)
  }
}

/// One target, as touchmark.yaml names it.
public struct NotificationTargetItem: Codable, Hashable, Sendable {
  public var name: String
  /// The host of an address, or a program's path.
  public var way: String
  /// Kinds of conditions that it is told of.
  public var when: [String]

  public init(name: String, way: String, when: [String]) {
    (self.name, self.way, self.when) = (name, way, when)
  }
}

/// A condition that stands.
public struct ConditionItem: Codable, Hashable, Sendable {
  public var kind: String
  public var subject: String?
  public var text: String
  public var raisedAt: String

  public init(kind: String, subject: String? = nil, text: String, raisedAt: String) {
    (self.kind, self.subject, self.text, self.raisedAt) = (kind, subject, text, raisedAt)
  }

  enum CodingKeys: String, CodingKey {
    case kind, subject, text
    case raisedAt = "raised_at"
  }
}

/// How each target took a test.
public struct NotificationTest: Codable, Hashable, Sendable {
  public var results: [NotificationTestResult]

  public init(results: [NotificationTestResult]) { self.results = results }
}

public struct NotificationTestResult: Codable, Hashable, Sendable {
  public var target: String
  public var delivered: Bool
  /// Why not.
  public var failure: String?

  public init(target: String, delivered: Bool, failure: String? = nil) {
    (self.target, self.delivered, self.failure) = (target, delivered, failure)
  }
}

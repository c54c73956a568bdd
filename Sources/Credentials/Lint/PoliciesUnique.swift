import WireFormats

/// RFC 5280 §4.2.1.4: a policy must not appear more than once.
enum PoliciesUnique: ExtensionRule {
  static let name = "policies-unique"

  static func objection(to facts: ExtensionFacts) -> String? {
    var seen: Set<ObjectIdentifier> = []
    for policy in facts.policies where !seen.insert(policy).inserted { return "policy \(policy) stands twice" }
    return nil
  }
}

import Credentials
import Registry
import WireFormats

/// How an authority beside those that `init` made shall be.
public struct AuthorityTerms: Hashable, Sendable {
  public var name: AuthorityName
  /// `idevid` or `operational`.
  public var purpose: AuthorityRecord.Purpose
  public var algorithm: KeyAlgorithm
  /// The URI of the token that its key is made on; nil where this installation makes keys.
  public var token: String?
  /// Nil names it by `name`.
  public var commonName: String?
  /// How long it lasts; nil as long as one that `init` makes.
  public var lifetime: Span?

  public init(
    name: AuthorityName, purpose: AuthorityRecord.Purpose, algorithm: KeyAlgorithm = .p256, token: String? = nil,
    commonName: String? = nil, lifetime: Span? = nil
  ) {
    (self.name, self.purpose, self.algorithm) = (name, purpose, algorithm)
    (self.token, self.commonName, self.lifetime) = (token, commonName, lifetime)
  }

  public static let purposes: [AuthorityRecord.Purpose] = [.operational, .idevid]
  public static let algorithms: [KeyAlgorithm] = [.p256, .p384, .rsa3072, .rsa4096, .ed25519]
  /// RFC 5280 appendix A, ub-common-name.
  private static let longestName = 64

  func validate() throws(Refusal) {
    guard !name.isReserved else {
      throw Refusal(.badRequest, "the name \(name) is kept for what init makes", hint: "give it another name")
    }
    guard Self.purposes.contains(purpose) else {
      throw Refusal(.badRequest, "an authority is added as operational or idevid, not as \(purpose.rawValue)")
    }
    guard Self.algorithms.contains(algorithm) else {
      throw Refusal(
        .badRequest, "an authority has no key of \(algorithm.rawValue)",
        hint: "keys are " + Self.algorithms.map(\.rawValue).joined(separator: ", "))
    }
    if let lifetime, lifetime < .days(1) || lifetime > .days(365 * 100) {
      throw Refusal(.badRequest, "an authority lasts between a day and a hundred years")
    }
    if let commonName, commonName.isEmpty || commonName.unicodeScalars.count > Self.longestName {
      throw Refusal(.badRequest, "a common name has 1 to \(Self.longestName) characters")
    }
  }

  func subject(of organization: String) -> DistinguishedName {
    let common = commonName ?? String("\(organization) \(name) CA".unicodeScalars.suffix(Self.longestName))
    return DistinguishedName([
      DistinguishedName.Attribute(type: AttributeType.organization, value: organization),
      DistinguishedName.Attribute(type: AttributeType.commonName, value: common),
    ])
  }

  func end(from now: Instant, atMost limit: Instant) -> Instant {
    min(lifetime.map { now.wholeSecond + $0 } ?? purpose.end(from: now), limit)
  }
}

extension RolloverView {
  /// More authorities than this, the old keys of renewed ones included, would not fit into one request to a root.
  static let mostAuthorities = 40

  /// Two authorities never share a name, nor a subject: verifiers, lists and OCSP tell them apart by it.
  func checkFree(_ name: AuthorityName, subject: DistinguishedName, at now: Instant) throws(Refusal) {
    guard !records.contains(where: { $0.name == name || $0.id.rawValue == name.rawValue }) else {
      throw Refusal(.conflict, "there is an authority \(name) already", hint: "touchmark authority list")
    }
    guard !records.contains(where: { $0.subject == subject.encoded }) else {
      throw Refusal(
        .conflict, "another authority has the subject \(subject)", hint: "name this one with --common-name")
    }
    let issuing = records.filter { $0.purpose.isIssuing && $0.revokedAt == nil && now <= $0.notAfter }
    guard issuing.count < Self.mostAuthorities else {
      throw Refusal(.conflict, "there are \(issuing.count) authorities, and a root signs for no more at once")
    }
  }
}

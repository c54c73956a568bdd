import Credentials
import Registry
import WireFormats

/// What certificates of one kind look like and who may ask for them: a validated value that cannot be wrong.
///
/// Made from YAML by `ProfileDocument`; the store keeps every version of the text.
public struct Profile: Sendable, Hashable {
  public enum Validity: Sendable, Hashable {
    case lasting(Span)
    /// RFC 5280 §4.1.2.5: notAfter 99991231235959Z.
    case noExpiry
  }

  /// How somebody may prove that a certificate is due to them.
  public enum Proof: String, Sendable, Hashable, CaseIterable {
    case secret, grant, key, certificate, manufacturer, administrator
    case registrationAuthority = "registration-authority"
    /// Control of the names asked for, and no right of anybody: only where no device is kept.
    case challenge
  }

  /// Parts of a request that go into the certificate as they were asked.
  public enum HonoredField: String, Sendable, Hashable, CaseIterable {
    case subject
    case dns = "subject-alternative-names.dns"
    case ip = "subject-alternative-names.ip"
    case uri = "subject-alternative-names.uri"
    case email = "subject-alternative-names.email"
    case allNames = "subject-alternative-names"
  }

  /// When a certificate may be replaced by its successor.
  public struct Renewal: Sendable, Hashable {
    /// How long before its end a device is advised to renew.
    public var window: Span
    /// How long after its end an expired certificate may still renew, and do nothing else.
    public var grace: Span
    /// Whether asking before the window is answered.
    public var early: Bool
    /// Whether certificates of this profile renew at all; an IDevID never does.
    public var allowed: Bool

    public init(window: Span, grace: Span, early: Bool, allowed: Bool) {
      (self.window, self.grace, self.early, self.allowed) = (window, grace, early, allowed)
    }
  }

  public var name: ProfileName
  /// 0 until the store has given one.
  public var version: Int
  public var description: String
  /// Who issues: `operational`, `idevid`, `lab`, or an authority that was added.
  public var authority: AuthorityName
  public var kind: DeviceRecord.Kind
  public var subject: [SubjectTemplate.Attribute]
  public var subjectAlternativeNames: [SubjectTemplate.Name]
  public var honored: Set<HonoredField>
  public var keys: [KeyAlgorithm]
  public var validity: Validity
  public var backdate: Span
  public var renewal: Renewal
  public var keyUsage: KeyUsage
  public var extendedKeyUsages: [ObjectIdentifier]
  public var policies: [ObjectIdentifier]
  public var statesCRL: Bool
  public var statesOCSP: Bool
  /// RFC 9608: too short-lived to be revoked.
  public var noRevocationAvailable: Bool
  public var proofs: Set<Proof>
  /// Profiles whose certificates may enroll for this one: an IDevID for an operational certificate.
  public var enrollFrom: [ProfileName]
  public var doors: Set<Door>
  /// How long an OCSP answer may be kept.
  public var ocspLifetime: Span
  /// Whether certificates belong to a device record. Only `lab` keeps none.
  public var keepsDevice: Bool
  /// Whom to ask before issuing; nil for nobody.
  public var authorization: Authorization?
  /// On which requests a person decides; nil for none.
  public var approval: Approval?
  /// Whether keys may be made here for devices that cannot make good ones.
  public var allowsServerKeys: Bool
  /// Whether a key has to be shown to live in hardware before it is certified.
  public var requiresHardwareKey: Bool
  /// What a running device has to attest, and what follows; nil where the profile says nothing of it.
  public var attestation: Attestation?
  /// Extensions of the operator's own, in every certificate; none that the profile's other parts make.
  public var extensions: [CertificateExtension] = []

  /// The latest moment that a certificate made at `now` may end.
  public func notAfter(from now: Instant) -> Instant {
    switch validity {
    case .lasting(let span): now + span
    case .noExpiry: .noExpiry
    }
  }

  /// Whether certificates outlive what a demonstration may issue.
  public var outlivesDemonstration: Bool {
    switch validity {
    case .lasting(let span): span > Self.demonstrationLimit
    case .noExpiry: true
    }
  }

  /// Without a public address certificates would point at loopback for all their life.
  public static let demonstrationLimit = Span.days(90)
}

import Credentials
import Registry
import WireFormats

extension Profile {
  /// Whom a profile has asked before it issues.
  public struct Authorization: Sendable, Hashable {
    /// What is asked for.
    public enum Occasion: String, Sendable, Hashable, CaseIterable {
      /// A certificate by secret, grant, manufacturer or administrator, or by a certificate of another profile.
      case enroll
      /// A certificate by its predecessor.
      case renew
    }

    public var address: WebhookAddress
    /// For the whole exchange.
    public var timeout: Span
    public var occasions: Set<Occasion>

    public init(address: WebhookAddress, timeout: Span, occasions: Set<Occasion>) {
      (self.address, self.timeout, self.occasions) = (address, timeout, occasions)
    }

    /// What refusals name as their rule.
    public static let rule = "authorize"
  }
}

/// What a system outside is asked before a certificate is signed.
public struct AuthorizationQuestion: Sendable {
  public let organization: String
  public let profile: ProfileName
  public let occasion: Profile.Authorization.Occasion
  public let door: Door
  /// The device's serial; empty where the profile keeps no device.
  public let serial: String
  /// The device's record, when it has one already.
  public let device: DeviceRecord?
  /// Who asks, as the log names them.
  public let principal: String
  /// As it would stand in the certificate, RFC 4514.
  public let subject: String
  /// SHA-256 of the SubjectPublicKeyInfo.
  public let keyHash: [UInt8]
  /// Where the request came from.
  public let address: String

  public init(
    organization: String, profile: ProfileName, occasion: Profile.Authorization.Occasion, door: Door, serial: String,
    device: DeviceRecord?, principal: String, subject: String, keyHash: [UInt8], address: String
  ) {
    (self.organization, self.profile, self.occasion, self.door) = (organization, profile, occasion, door)
    (self.serial, self.device, self.principal, self.subject) = (serial, device, principal, subject)
    (self.keyHash, self.address) = (keyHash, address)
  }
}

/// Asks a system outside whether a certificate may be issued.
public protocol Authorizing: Sendable {
  /// Returns who said yes, for the log.
  ///
  /// - Throws: `forbidden` when it said no; `unavailable` when it said nothing that can be understood in time. Both name
  ///   `Profile.Authorization.rule`, and who was asked in their detail.
  func authorize(
    _ question: AuthorizationQuestion, _ authorization: Profile.Authorization
  ) async throws(Refusal) -> String
}

extension EnrollmentService {
  /// Asks where the profile wants it, outside of any transaction; nil where nobody has to be asked. Without anybody who
  /// can ask, the answer is no.
  func authorize(
    _ request: EnrollmentRequest, _ applicant: Applicant, _ decision: Decision
  ) async throws(Refusal) -> String? {
    guard let authorization = decision.profile.authorization else { return nil }
    var occasion = Profile.Authorization.Occasion.enroll
    if applicant.parent?.profile == decision.profile.name { occasion = .renew }
    guard authorization.occasions.contains(occasion) else { return nil }
    guard let authorizing else {
      throw Refusal(
        .unavailable, "nothing here can ask whether this may be issued", rule: Profile.Authorization.rule,
        detail: authorization.address.host)
    }
    return try await authorizing.authorize(
      AuthorizationQuestion(
        organization: authorities.organization.name, profile: decision.profile.name, occasion: occasion,
        door: request.door, serial: decision.subjectSerial, device: applicant.device, principal: applicant.principal,
        subject: decision.subject.description, keyHash: request.request.publicKey.keyHash, address: request.address),
      authorization)
  }
}

import Credentials
import WireFormats

/// An order (RFC 8555 §7.1.3).
public struct ACMEOrderRecord: Hashable, Sendable {
  public enum Status: String, Sendable, CaseIterable {
    case pending, ready, processing, valid, invalid
  }

  /// The certificate that it brought.
  public struct Outcome: Hashable, Sendable {
    public var authority: AuthorityID
    public var serial: SerialNumber

    public init(authority: AuthorityID, serial: SerialNumber) { (self.authority, self.serial) = (authority, serial) }
  }

  public var id: ACMEObjectID
  public var account: ACMEObjectID
  public var profile: ProfileName
  public var status: Status
  /// Sorted, each once.
  public var identifiers: [ACMEIdentifier]
  /// The certificate that it replaces, as RFC 9773 §4.1 names it.
  public var replaces: String?
  /// Why it is invalid: a problem document.
  public var problem: String?
  /// The certification request that it was finalized with, DER.
  public var request: [UInt8]?
  public var outcome: Outcome?
  public var createdAt: Instant
  /// From then on it is invalid while it is not valid, and swept away.
  public var expiresAt: Instant

  public init(
    id: ACMEObjectID, account: ACMEObjectID, profile: ProfileName, status: Status = .pending,
    identifiers: [ACMEIdentifier], replaces: String? = nil, problem: String? = nil, request: [UInt8]? = nil,
    outcome: Outcome? = nil, createdAt: Instant, expiresAt: Instant
  ) {
    self.id = id
    self.account = account
    self.profile = profile
    self.status = status
    self.identifiers = identifiers
    self.replaces = replaces
    self.problem = problem
    self.request = request
    self.outcome = outcome
    self.createdAt = createdAt
    self.expiresAt = expiresAt
  }
}

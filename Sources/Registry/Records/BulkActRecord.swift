import Credentials
import WireFormats

/// An act on many: what is done, to whom, by whom, and how far it has come.
///
/// Its members are chosen when it is prepared and never after, so that what was confirmed is what is done.
public struct BulkActRecord: Hashable, Sendable {
  /// Prepared ones do nothing until they are started.
  public enum State: String, Sendable, CaseIterable {
    case prepared, running, done
  }

  public var id: BulkActID
  public var organization: OrganizationID
  /// `noun.verb`, as the audit log names it.
  public var act: String
  /// The selection as it was written.
  public var selection: String
  /// What the act needs beside its members: a reason, a profile, labels.
  public var parameters: [String: String]
  public var state: State
  /// How many members it has.
  public var members: Int
  /// SHA-256 over the members in order, a line each: a device's identifier, an authority and a serial number, a
  /// grant's name, or a request's.
  public var membersDigest: [UInt8]
  /// How many members had their turn.
  public var processed: Int
  /// Of those, how many were changed; the rest have a reason why not.
  public var done: Int
  public var createdAt: Instant
  public var actorName: String
  public var actorRole: AdministratorRecord.Role
  public var actorFingerprint: [UInt8]
  public var startedAt: Instant?
  public var finishedAt: Instant?
  /// Certificates that it held or revoked and of which verifiers never ask (RFC 9608), and when the last of them ends.
  public var unannounced: Int
  public var acceptedUntil: Instant?

  public init(
    id: BulkActID, organization: OrganizationID, act: String, selection: String, parameters: [String: String],
    state: State = .prepared, members: Int = 0, membersDigest: [UInt8] = [], processed: Int = 0, done: Int = 0,
    createdAt: Instant, actorName: String, actorRole: AdministratorRecord.Role, actorFingerprint: [UInt8],
    startedAt: Instant? = nil, finishedAt: Instant? = nil, unannounced: Int = 0, acceptedUntil: Instant? = nil
  ) {
    self.id = id
    self.organization = organization
    self.act = act
    self.selection = selection
    self.parameters = parameters
    self.state = state
    self.members = members
    self.membersDigest = membersDigest
    self.processed = processed
    self.done = done
    self.createdAt = createdAt
    self.actorName = actorName
    self.actorRole = actorRole
    self.actorFingerprint = actorFingerprint
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    (self.unannounced, self.acceptedUntil) = (unannounced, acceptedUntil)
  }
}

/// One of those an act on many is done to.
public struct BulkMember: Hashable, Sendable {
  public enum Subject: Hashable, Sendable {
    case device(DeviceID)
    case certificate(AuthorityID, SerialNumber)
    case grant(GrantName)
    case request(PendingRequestID)
  }

  /// From 1, without gaps.
  public var position: Int
  public var subject: Subject
  /// Why nothing was done to it; nil when something was, or not yet.
  public var refusal: String?

  /// What the members' digest names it by: SHA-256 over each name and a line feed, in their order. Without commas.
  public var name: String {
    switch subject {
    case .device(let device): device.rawValue
    case .certificate(let authority, let serial): "\(authority) \(serial)"
    case .grant(let grant): grant.rawValue
    case .request(let request): request.rawValue
    }
  }

  public init(position: Int, subject: Subject, refusal: String? = nil) {
    (self.position, self.subject, self.refusal) = (position, subject, refusal)
  }
}

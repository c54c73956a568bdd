/// Something to be done to all that a selection names.
public struct NewBulkAct: Codable, Hashable, Sendable {
  /// `device.suspend`, `device.resume`, `device.retire`, `device.move`, `device.label`, `device.readmit`,
  /// `device.invite`, `certificate.revoke`, `grant.revoke`, `request.approve` or `request.deny`.
  public var act: String
  /// A selection, as docs/commands.md has it.
  public var `where`: String
  /// For the history; for `certificate.revoke` a CRLReason.
  public var reason: String?
  /// For `device.move`.
  public var profile: String?
  /// For `device.label`.
  public var labels: [String: String]?
  public var removeLabels: [String]?
  /// For `device.readmit`: a length of time.
  public var span: String?
  /// For `device.invite`: how long the secrets live.
  public var expiresIn: String?
  /// Whether it begins at once, or is only chosen and counted.
  public var start: Bool?

  public init(
    act: String, where selection: String, reason: String? = nil, profile: String? = nil,
    labels: [String: String]? = nil, removeLabels: [String]? = nil, for span: String? = nil,
    expiresIn: String? = nil, start: Bool? = nil
  ) {
    self.act = act
    self.where = selection
    self.reason = reason
    self.profile = profile
    self.labels = labels
    self.removeLabels = removeLabels
    (self.span, self.expiresIn) = (span, expiresIn)
    self.start = start
  }

  enum CodingKeys: String, CodingKey {
    case act, `where`, reason, profile, labels
    case removeLabels = "remove_labels"
    case span = "for"
    case expiresIn = "expires_in"
    case start
  }
}

/// An act on many and how far it has come.
public struct BulkActItem: Codable, Hashable, Sendable {
  public var id: String
  public var act: String
  public var `where`: String
  public var reason: String?
  /// `prepared`, `running` or `done`.
  public var state: String
  /// How many it is done to, and SHA-256 over their list, hexadecimal.
  public var members: Int
  public var membersSHA256: String
  /// How many had their turn; of those, how many were changed, and how many not.
  public var processed: Int
  public var done: Int
  public var refused: Int
  public var createdAt: String
  public var by: String
  public var startedAt: String?
  public var finishedAt: String?
  /// Certificates that it held or revoked, and that verifiers take nevertheless.
  public var verifiersAccept: VerifiersAccept?

  public init(
    id: String, act: String, where selection: String, reason: String? = nil, state: String, members: Int,
    membersSHA256: String, processed: Int, done: Int, refused: Int, createdAt: String, by: String,
    startedAt: String? = nil, finishedAt: String? = nil, verifiersAccept: VerifiersAccept? = nil
  ) {
    self.id = id
    self.act = act
    self.where = selection
    self.reason = reason
    self.state = state
    self.members = members
    self.membersSHA256 = membersSHA256
    self.processed = processed
    self.done = done
    self.refused = refused
    self.createdAt = createdAt
    self.by = by
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.verifiersAccept = verifiersAccept
  }

  enum CodingKeys: String, CodingKey {
    case id, act, `where`, reason, state, members
    case membersSHA256 = "members_sha256"
    case processed, done, refused
    case createdAt = "created_at"
    case by
    case startedAt = "started_at"
    case finishedAt = "finished_at"
    case verifiersAccept = "verifiers_accept"
  }
}

/// Certificates that say that no revocation information will be available (RFC 9608): whoever checks one never asks.
public struct VerifiersAccept: Codable, Hashable, Sendable {
  public var certificates: Int
  /// When the last of them ends.
  public var until: String

  public init(certificates: Int, until: String) {
    (self.certificates, self.until) = (certificates, until)
  }
}

/// One of those that an act is done to.
public struct BulkMemberItem: Codable, Hashable, Sendable {
  public var position: Int
  /// The device's identifier, or the certificate's authority and serial number.
  public var device: String?
  /// The serial of the device, or of the certificate's device.
  public var serial: String?
  public var authority: String?
  public var serialNumber: String?
  /// The grant's name.
  public var grant: String?
  /// The request's name.
  public var request: String?
  /// Why nothing was done to it.
  public var refusal: String?

  public init(
    position: Int, device: String? = nil, serial: String? = nil, authority: String? = nil, serialNumber: String? = nil,
    grant: String? = nil, request: String? = nil, refusal: String? = nil
  ) {
    self.position = position
    self.device = device
    self.serial = serial
    self.authority = authority
    self.serialNumber = serialNumber
    self.grant = grant
    self.request = request
    self.refusal = refusal
  }

  enum CodingKeys: String, CodingKey {
    case position, device, serial, authority
    case serialNumber = "serial_number"
    case grant, request, refusal
  }
}

/// How a whole fleet stands: one screen.
public struct FleetStatus: Codable, Hashable, Sendable {
  /// A count that may have stopped early.
  public struct Tally: Codable, Hashable, Sendable {
    public var count: Int
    /// Whether there may be more than `count`.
    public var orMore: Bool

    public init(count: Int, orMore: Bool) { (self.count, self.orMore) = (count, orMore) }

    enum CodingKeys: String, CodingKey {
      case count
      case orMore = "or_more"
    }
  }

  /// What was done or refused, by its reason.
  public struct Activity: Codable, Hashable, Sendable {
    public var act: String
    /// The refusal's code.
    public var code: String
    public var lastHour: Int
    public var lastDay: Int

    public init(act: String, code: String, lastHour: Int, lastDay: Int) {
      (self.act, self.code, self.lastHour, self.lastDay) = (act, code, lastHour, lastDay)
    }

    enum CodingKeys: String, CodingKey {
      case act, code
      case lastHour = "last_hour"
      case lastDay = "last_day"
    }
  }

  public struct Authority: Codable, Hashable, Sendable {
    public var id: String
    public var purpose: String
    public var state: String
    public var notAfter: String
    public var crlNumber: Int64?
    public var crlThisUpdate: String?
    public var crlNextUpdate: String?

    public init(
      id: String, purpose: String, state: String, notAfter: String, crlNumber: Int64? = nil,
      crlThisUpdate: String? = nil, crlNextUpdate: String? = nil
    ) {
      self.id = id
      self.purpose = purpose
      self.state = state
      self.notAfter = notAfter
      self.crlNumber = crlNumber
      self.crlThisUpdate = crlThisUpdate
      self.crlNextUpdate = crlNextUpdate
    }

    enum CodingKeys: String, CodingKey {
      case id, purpose, state
      case notAfter = "not_after"
      case crlNumber = "crl_number"
      case crlThisUpdate = "crl_this_update"
      case crlNextUpdate = "crl_next_update"
    }
  }

  /// Active devices by what they last attested, each count up to a bound.
  public struct Attestations: Codable, Hashable, Sendable {
    public var trusted: Int
    public var warning: Int
    public var failed: Int
    /// Past the moment at which they should have attested again.
    public var overdue: Int
    /// Since when a policy suspends nothing more, and asks.
    public var suspensionStopped: String?

    public init(trusted: Int, warning: Int, failed: Int, overdue: Int, suspensionStopped: String? = nil) {
      self.trusted = trusted
      self.warning = warning
      self.failed = failed
      self.overdue = overdue
      self.suspensionStopped = suspensionStopped
    }

    enum CodingKeys: String, CodingKey {
      case trusted, warning, failed, overdue
      case suspensionStopped = "suspension_stopped"
    }
  }

  public var at: String
  /// Of devices, by state.
  public var active: Int
  public var neverEnrolled: Int
  public var suspended: Int
  public var retired: Int
  /// Active, and past the moment at which they should have renewed.
  public var overdue: Tally
  /// Active, with a last certificate that ends within `expiring_within`, or has ended.
  public var expiring: Tally
  public var expired: Tally
  public var expiringWithin: String
  public var attestations: Attestations
  public var issuedLastHour: Int
  public var issuedLastDay: Int
  /// Refusals that the log holds.
  public var refused: [Activity]
  public var authorities: [Authority]
  public var lastBackup: String?
  /// Entries.
  public var logSize: Int64
  public var lastCheckpoint: String?
  /// Octets.
  public var storeSize: Int64
  /// Acts on many that are under way.
  public var runningActs: [String]

  public init(
    at: String, active: Int, neverEnrolled: Int, suspended: Int, retired: Int, overdue: Tally, expiring: Tally,
    expired: Tally, expiringWithin: String, attestations: Attestations, issuedLastHour: Int, issuedLastDay: Int,
    refused: [Activity],
    authorities: [Authority], lastBackup: String? = nil, logSize: Int64, lastCheckpoint: String? = nil,
    storeSize: Int64, runningActs: [String]
  ) {
    self.at = at
    self.active = active
    self.neverEnrolled = neverEnrolled
    self.suspended = suspended
    self.retired = retired
    self.overdue = overdue
    self.expiring = expiring
    self.expired = expired
    self.expiringWithin = expiringWithin
    self.attestations = attestations
    self.issuedLastHour = issuedLastHour
    self.issuedLastDay = issuedLastDay
    self.refused = refused
    self.authorities = authorities
    self.lastBackup = lastBackup
    self.logSize = logSize
    self.lastCheckpoint = lastCheckpoint
    self.storeSize = storeSize
    self.runningActs = runningActs
  }

  enum CodingKeys: String, CodingKey {
    case at, active
    case neverEnrolled = "never_enrolled"
    case suspended, retired, overdue, expiring, expired
    case expiringWithin = "expiring_within"
    case attestations
    case issuedLastHour = "issued_last_hour"
    case issuedLastDay = "issued_last_day"
    case refused, authorities
    case lastBackup = "last_backup"
    case logSize = "log_size"
    case lastCheckpoint = "last_checkpoint"
    case storeSize = "store_size"
    case runningActs = "running_acts"
  }
}

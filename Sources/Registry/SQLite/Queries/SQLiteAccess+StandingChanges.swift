import Credentials

extension StandingChange: SQLiteRecord {
  static let table = "standing_changes"
  static let columns = "sequence, kind, identifier, serial"

  init(columns: inout ColumnReader) throws(StoreError) {
    let sequence = try columns.integer()
    let kind: Kind = try columns.choice()
    self.init(sequence: sequence, subject: try kind.subject(from: &columns))
  }
}

extension StandingChange {
  /// The subject's kind as the table names it.
  fileprivate enum Kind: String {
    case certificate, device, authority, profile, administrators, trust, grant
    case revocationList = "crl"

    func subject(from columns: inout ColumnReader) throws(StoreError) -> Subject {
      switch self {
      case .certificate: .certificate(try columns.identifier(), try columns.serial())
      case .device: .device(try columns.identifier())
      case .authority: .authority(try columns.identifier())
      case .profile: .profile(try columns.identifier())
      case .administrators: .administrators
      case .trust: .trustAnchors
      case .grant: .grant(try columns.identifier())
      case .revocationList: .revocationList(try columns.identifier())
      }
    }
  }
}

extension StandingChange.Subject {
  fileprivate var row: (kind: StandingChange.Kind, identifier: String?, serial: SerialNumber?) {
    switch self {
    case .certificate(let authority, let serial): (.certificate, authority.rawValue, serial)
    case .device(let device): (.device, device.rawValue, nil)
    case .authority(let authority): (.authority, authority.rawValue, nil)
    case .profile(let profile): (.profile, profile.rawValue, nil)
    case .administrators: (.administrators, nil, nil)
    case .trustAnchors: (.trust, nil, nil)
    case .grant(let grant): (.grant, grant.rawValue, nil)
    case .revocationList(let authority): (.revocationList, authority.rawValue, nil)
    }
  }
}

extension SQLiteAccess {
  func standingChanges(
    after sequence: Int64, limit: Int, in organization: OrganizationID
  ) throws -> [StandingChange] {
    try all(
      StandingChange.self, "WHERE sequence > ? AND organization = ? ORDER BY sequence LIMIT ?",
      [sequence, organization, max(limit, 1)])
  }

  func latestStandingChange(in organization: OrganizationID) throws -> Int64 {
    // Walks back from the newest, so that another organization's changes cost little.
    try number(
      "SELECT sequence FROM standing_changes WHERE organization = ? ORDER BY sequence DESC LIMIT 1", [organization])
      ?? 0
  }
}

extension SQLiteWriter {
  func recordStandingChange(of subject: StandingChange.Subject, in organization: OrganizationID) throws {
    let row = subject.row
    try execute(
      "INSERT INTO standing_changes (organization, kind, identifier, serial) VALUES (?, ?, ?, ?)",
      [organization, row.kind.rawValue, row.identifier, row.serial])
  }
}

/// Every check, in the order in which an operator would ask.
package enum Doctor {
  package static let checks: [any DoctorCheck.Type] = [
    AddressesPublic.self, AddressesAnswer.self, ServerAnswers.self, DoorsOpen.self, ProtocolsOpen.self,
    KeysHome.self, FilesPrivate.self, RootOnMachine.self, RootControl.self, RootCRL.self, AuthorityCRLs.self,
    AuthoritiesEnding.self,
    InstallationCertificatesCheck.self, ServerCertificates.self, AdministratorsCheck.self, LabPresent.self,
    ProfilesOpen.self, ProfilesBuiltIn.self, GrantsOpen.self,
    ClockCheck.self, DiskRoom.self, DiskSync.self, BackupAge.self, LogEdge.self,
  ]

  package static func examine(_ installation: Examination) async -> [DoctorItem] {
    var items: [DoctorItem] = []
    for check in checks { items.append(DoctorItem(check, await check.examine(installation))) }
    return items
  }

  /// The worst severity decides; notes are no reason to fail.
  package static func exit(_ items: [DoctorItem]) -> CommandExit {
    switch items.compactMap(\.severity).max() {
    case .error: .unsound
    case .warning: .warned
    case .note, nil: .done
    }
  }
}

/// One line of the doctor's answer.
package struct DoctorItem: Encodable, Hashable, Sendable {
  package let check: String
  /// `good`, `skipped`, `note`, `warning` or `error`.
  package let verdict: String
  package let says: String
  /// Absent where there is nothing to do.
  package let fix: String?
  package let severity: Severity?

  package init(_ check: any DoctorCheck.Type, _ verdict: Verdict) {
    self.check = check.name
    self.verdict = verdict.word
    (says, severity) = (verdict.text, verdict.severity)
    fix = severity.map { _ in check.fix }
  }

  enum CodingKeys: String, CodingKey { case check, verdict, says, fix }

  package static let columns: [Column<DoctorItem>] = [
    Column("check") { $0.check },
    Column("verdict") { $0.verdict },
    Column("says", inTable: false) { $0.says },
    Column("fix", inTable: false) { $0.fix ?? "" },
  ]

  /// For reading: the verdict, and what to do about it below.
  var lines: String {
    let padding = String(repeating: " ", count: max(0, 8 - verdict.count))
    let head = "\(verdict)\(padding) \(check): \(Printable.text(says))\n"
    return head + (fix.map { "         fix: \($0)\n" } ?? "")
  }
}

/// What `--list` says of a check.
package struct DoctorListItem: Encodable, Hashable, Sendable {
  package let check: String
  package let severity: String
  package let looksAt: String
  package let fix: String

  package init(_ check: any DoctorCheck.Type) {
    (self.check, severity, looksAt, fix) = (check.name, check.severity.rawValue, check.looksAt, check.fix)
  }

  enum CodingKeys: String, CodingKey {
    case check, severity, fix
    case looksAt = "looks_at"
  }

  package static let columns: [Column<DoctorListItem>] = [
    Column("check") { $0.check },
    Column("severity") { $0.severity },
    Column("looks_at", inTable: false) { $0.looksAt },
    Column("fix", inTable: false) { $0.fix },
  ]

  var lines: String {
    let padding = String(repeating: " ", count: max(0, 8 - severity.count))
    return "\(severity)\(padding) \(check): \(looksAt)\n         fix: \(fix)\n"
  }
}

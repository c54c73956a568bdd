import AdministrationAPI
import Registry
import WireFormats

extension FleetStatus {
  /// Where counting stops: what is more is an emergency either way, and each count stays a matter of milliseconds.
  private static let most = 100_000

  init(_ reader: any StoreReader, in organization: OrganizationID, at now: Instant, within: Span) throws {
    let states = try reader.deviceCounts(in: organization)
    let day = try reader.activity(since: now - .hours(24), in: organization)
    let hour = try reader.activity(since: now - .hours(1), in: organization)
    func expiring(_ range: Range<Instant>) throws -> Tally {
      Tally(try reader.countDevices(expiringIn: range, upTo: Self.most, in: organization))
    }
    self.init(
      at: "\(now)", active: states[.active] ?? 0, neverEnrolled: states[.registered] ?? 0,
      suspended: states[.suspended] ?? 0, retired: states[.retired] ?? 0,
      overdue: Tally(try reader.countDevices(overdueAt: now, upTo: Self.most, in: organization)),
      expiring: try expiring(now..<max(now, now + within)), expired: try expiring(Instant(seconds: 0)..<now),
      expiringWithin: "\(within)", attestations: try Self.attestations(reader, organization, at: now),
      issuedLastHour: Self.issued(hour), issuedLastDay: Self.issued(day),
      refused: Self.refusals(hour: hour, day: day), authorities: try Self.authorities(reader, organization),
      lastBackup: try reader.latestBackup(in: organization)?.at.description,
      logSize: Int64(clamping: try reader.auditSize(in: organization)),
      lastCheckpoint: try reader.latestCheckpoint(in: organization)?.at.description,
      storeSize: try reader.storeSize(),
      runningActs: try reader.runningBulkActs(in: organization).map(\.rawValue))
  }

  private static func attestations(
    _ reader: any StoreReader, _ organization: OrganizationID, at now: Instant
  ) throws -> Attestations {
    let counts = try reader.attestationCounts(at: now, upTo: most, in: organization)
    return Attestations(
      trusted: counts.trusted, warning: counts.warning, failed: counts.failed, overdue: counts.overdue,
      suspensionStopped: try reader.attestationLimit(in: organization).stoppedAt?.description)
  }

  private static func issued(_ counts: [ActivityCount]) -> Int {
    counts.filter { ["certificate.issue", "certificate.renew"].contains($0.act) && $0.outcome == "ok" }
      .reduce(0) { $0 + $1.count }
  }

  private static func refusals(hour: [ActivityCount], day: [ActivityCount]) -> [Activity] {
    day.filter { $0.outcome == "refused" }.map { refused in
      let recent = hour.first { ($0.act, $0.outcome, $0.code) == (refused.act, refused.outcome, refused.code) }
      return Activity(act: refused.act, code: refused.code, lastHour: recent?.count ?? 0, lastDay: refused.count)
    }
  }

  private static func authorities(_ reader: any StoreReader, _ organization: OrganizationID) throws -> [Authority] {
    let lists = try reader.revocationListTimes(in: organization)
    return try reader.authorities(in: organization).sorted { $0.id < $1.id }.map { record in
      let list = lists.first { $0.authority == record.id }
      return Authority(
        id: record.id.rawValue, purpose: record.purpose.rawValue, state: record.state.rawValue,
        notAfter: "\(record.notAfter)", crlNumber: list?.number, crlThisUpdate: list?.thisUpdate.description,
        crlNextUpdate: list?.nextUpdate.description)
    }
  }
}

extension FleetStatus.Tally {
  fileprivate init(_ tally: Registry.Tally) { self.init(count: tally.count, orMore: tally.isAtLeast) }
}

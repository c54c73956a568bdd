import Registry
import WireFormats

extension AuthoritySet {
  /// What whoever relies on these purposes needs (RFC 7030 §4.1.3): the authorities that issue and those that issued,
  /// the certificates that lead from one key or root to another (RFC 9810 §4.4), and the roots, the current one last.
  public func certificates(of purposes: Set<AuthorityRecord.Purpose>, at now: Instant) -> [[UInt8]] {
    let issuing = records.filter { purposes.contains($0.purpose) && isOffered($0, at: now) }
    let led = self.led(to: issuing)
    let roots = self.roots(among: led, at: now)
    var certificates: [[UInt8]] = []
    certificates += issuing.filter { $0.state == .active }.map(\.certificate)
    certificates += issuing.filter { $0.state != .active }.map(\.certificate).reversed()
    certificates += roads(among: Set(issuing.map(\.id)), through: led, at: now)
    certificates += roads(among: Set(roots.map(\.id)), through: led, at: now)
    certificates += roots.map(\.certificate)
    return certificates.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// A revoked authority is shown to nobody, nor is one that waits or has ended.
  private func isOffered(_ record: AuthorityRecord, at now: Instant) -> Bool {
    record.revokedAt == nil && record.state != .standby && now <= record.notAfter
  }

  /// What these authorities hang on, and what was before that and leads here: revoked roots too, over which whoever
  /// holds a still earlier one has to go.
  private func led(to issuing: [AuthorityRecord]) -> Set<AuthorityID> {
    var wanted = Set(issuing.compactMap(\.parent))
    while true {
      let before = wanted.count
      // An authority that was continued here may have others between itself and its root.
      wanted.formUnion(records.filter { wanted.contains($0.id) }.compactMap(\.parent))
      for road in rollover where road.kind == .newWithOld && wanted.contains(road.subject) {
        wanted.insert(road.issuer)
      }
      if wanted.count == before { return wanted }
    }
  }

  /// The current one last.
  private func roots(among led: Set<AuthorityID>, at now: Instant) -> [AuthorityRecord] {
    let roots = records.filter { led.contains($0.id) && !$0.purpose.isIssuing }
    return roots.filter { $0.state != .active && isOffered($0, at: now) } + roots.filter { $0.state == .active }
  }

  /// What leads from one to another of them. Nothing is said in favor of a revoked key any more; a road away from a
  /// revoked root stays, since those who hold that root alone know no other.
  private func roads(
    among ids: Set<AuthorityID>, through led: Set<AuthorityID>, at now: Instant
  ) -> [[UInt8]] {
    rollover.filter { road in
      guard now <= road.notAfter else { return false }
      switch road.kind {
      case .earlier: return ids.contains(road.subject)
      case .oldWithNew: return ids.contains(road.subject) && ids.contains(road.issuer)
      case .newWithOld:
        if ids.contains(road.subject), ids.contains(road.issuer) || isRoot(road.issuer) { return true }
        return led.contains(road.subject) && led.contains(road.issuer)
      }
    }.map(\.certificate)
  }

  private func isRoot(_ id: AuthorityID) -> Bool { records.contains { $0.id == id && !$0.purpose.isIssuing } }
}

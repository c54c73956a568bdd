import Registry
import WireFormats

extension AuthoritySet {
  /// What whoever relies on these purposes needs (RFC 7030 §4.1.3): the authorities that issue and those that issued,
  /// the certificates that lead from one key or root to another (RFC 9810 §4.4), and the roots, the current one last.
  public func certificates(of purposes: Set<AuthorityRecord.Purpose>, at now: Instant) -> [[UInt8]] {
    let issuing = records.filter { purposes.contains($0.purpose) && isOffered($0, at: now) }
    let roots = self.roots(above: issuing, at: now)
    var certificates: [[UInt8]] = []
    certificates += issuing.filter { $0.state == .active }.map(\.certificate)
    certificates += issuing.filter { $0.state != .active }.map(\.certificate).reversed()
    certificates += roads(among: Set(issuing.map(\.id)), at: now)
    certificates += roads(among: Set(roots.map(\.id)), at: now)
    certificates += roots.map(\.certificate)
    return certificates.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// A revoked authority is shown to nobody, nor is one that waits or has ended.
  private func isOffered(_ record: AuthorityRecord, at now: Instant) -> Bool {
    record.revokedAt == nil && record.state != .standby && now <= record.notAfter
  }

  /// The roots that these authorities hang on, and those before them from which a road leads here; the current one last.
  private func roots(above issuing: [AuthorityRecord], at now: Instant) -> [AuthorityRecord] {
    var wanted = Set(issuing.compactMap(\.parent))
    // An authority that was continued here may have others between itself and its root.
    for _ in records { wanted.formUnion(records.filter { wanted.contains($0.id) }.compactMap(\.parent)) }
    for _ in rollover {
      for road in rollover where road.kind == .newWithOld && wanted.contains(road.subject) {
        wanted.insert(road.issuer)
      }
    }
    let roots = records.filter { wanted.contains($0.id) && !$0.purpose.isIssuing }
    return roots.filter { $0.state != .active && isOffered($0, at: now) } + roots.filter { $0.state == .active }
  }

  /// What leads from one to another of them. Nothing is said in favor of a revoked key any more; a road away from a
  /// revoked root stays, since those who hold that root alone know no other.
  private func roads(among ids: Set<AuthorityID>, at now: Instant) -> [[UInt8]] {
    rollover.filter { road in
      guard ids.contains(road.subject), now <= road.notAfter else { return false }
      switch road.kind {
      case .earlier: return true
      case .oldWithNew: return ids.contains(road.issuer)
      case .newWithOld: return ids.contains(road.issuer) || isRoot(road.issuer)
      }
    }.map(\.certificate)
  }

  private func isRoot(_ id: AuthorityID) -> Bool { records.contains { $0.id == id && !$0.purpose.isIssuing } }
}

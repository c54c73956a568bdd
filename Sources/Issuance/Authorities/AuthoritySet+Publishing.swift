import Registry
import WireFormats

extension AuthoritySet {
  /// What whoever relies on these authorities needs (RFC 7030 §4.1.3): the authorities that issue and those that issued,
  /// the certificates that lead from one key or root to another (RFC 9810 §4.4), and the roots, the current one last.
  ///
  /// Of an authority under somebody else's root that root too, and this installation's own, which the server shows.
  public func certificates(of names: Set<AuthorityName>, at now: Instant) -> [[UInt8]] {
    let issuing = records.filter { $0.purpose.isIssuing && names.contains($0.name) && isOffered($0, at: now) }
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

  /// Of all authorities that devices get certificates from under this organization's own roots.
  ///
  /// One under somebody else's root is offered to its own profiles alone: nobody else is to trust that root.
  public func ownCertificates(at now: Instant) -> [[UInt8]] {
    let own = records.filter { $0.purpose.servesDevices && !hangsOnForeign($0) }
    return certificates(of: Set(own.map(\.name)), at: now)
  }

  /// Whether somebody else's authority certified it.
  public func hangsOnForeign(_ record: AuthorityRecord) -> Bool {
    records.contains { $0.id == record.parent && $0.purpose == .foreign }
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
      if let root, records.contains(where: { $0.purpose == .foreign && wanted.contains($0.id) }) {
        wanted.insert(root.id)
      }
      for road in rollover where road.kind == .newWithOld && wanted.contains(road.subject) {
        wanted.insert(road.issuer)
      }
      if wanted.count == before { return wanted }
    }
  }

  /// The current one last.
  private func roots(among led: Set<AuthorityID>, at now: Instant) -> [AuthorityRecord] {
    let roots = records.filter { led.contains($0.id) && !$0.purpose.isIssuing }
    return roots.filter { ($0.state != .active || $0.purpose == .foreign) && isOffered($0, at: now) }
      + roots.filter { $0.state == .active && $0.purpose != .foreign }
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

import Registry
import WireFormats

/// What was seen at one look.
struct WatchFacts: Sendable {
  var now: Instant
  var log: LogWatch
  var expiring: UnrenewedCertificates
  /// Active devices by their last attestation, and whether the policy has stopped.
  var attestations = AttestationCounts()
  var suspensions = AttestationLimit.default
  var authorities: [AuthorityRecord]
  /// Nil while a server that was just started may still publish what is late.
  var lists: [AuthorityID: RevocationList]?
  var space: StoreFiles.Space?
  /// Nil without a checkpoint sink.
  var sink: SinkState?

  /// Kinds of which nothing can be said now.
  var unknown: Set<ConditionKind> {
    var kinds: Set<ConditionKind> = []
    if lists == nil { kinds.insert(.crl) }
    if let sink, !sink.isSettled(at: now) { kinds.insert(.sink) }
    return kinds
  }
}

/// Which conditions follow from what was seen: a pure function, so that each rule has a test.
struct ConditionRules: Sendable {
  let thresholds: WatchThresholds
  /// How often CRLs are made.
  let crlInterval: Span

  /// - Parameter standing: names of conditions that stand. They end a little later than they begin, so that what goes up
  ///   and down at a threshold is told once.
  func conditions(_ facts: WatchFacts, standing: Set<String>) -> [Condition] {
    [
      expiring(facts), refusals(facts, standing), disk(facts, standing), sink(facts), attestation(facts),
      suspensions(facts),
    ].compactMap { $0 }
      + clones(facts) + crls(facts) + authorities(facts)
  }

  private func expiring(_ facts: WatchFacts) -> Condition? {
    guard facts.expiring.count > 0 else { return nil }
    let within = thresholds.expiringWithin
    return Condition(
      .expiring, nil, "\(facts.expiring.count) certificates end within \(within) and have no successor",
      details: ["count": "\(facts.expiring.count)", "serials": facts.expiring.serials.joined(separator: " ")])
  }

  private func clones(_ facts: WatchFacts) -> [Condition] {
    facts.log.clones.sorted { $0.key < $1.key }.map {
      Condition(
        .clone, $0.key, "\($0.key) may have been copied: \($0.value.reason)", details: ["seen": "\($0.value.seen)"])
    }
  }

  private func refusals(_ facts: WatchFacts, _ standing: Set<String>) -> Condition? {
    let recent = facts.log.refusals.recent(at: facts.now)
    let usual = facts.log.refusals.usual(at: facts.now)
    let stands = standing.contains(ConditionKind.refusals.rawValue)
    let floor = Double(max(thresholds.refusals, 1)) / (stands ? 2 : 1)
    guard Double(recent) >= floor, Double(recent) >= usual * (stands ? 2 : 4) else { return nil }
    let rounded = Int(usual.rounded())
    return Condition(
      .refusals, nil, "\(recent) requests were refused in 15 minutes; usual are \(rounded)",
      details: ["recent": "\(recent)", "usual": "\(rounded)"])
  }

  private func disk(_ facts: WatchFacts, _ standing: Set<String>) -> Condition? {
    guard let space = facts.space, space.total > 0 else { return nil }
    let percent = Double(space.free) / Double(space.total) * 100
    let limit = Double(thresholds.diskFreePercent) * (standing.contains(ConditionKind.disk.rawValue) ? 1.2 : 1)
    guard percent < limit else { return nil }
    let tenths = Int((percent * 10).rounded())
    return Condition(
      .disk, nil, "\(tenths / 10).\(tenths % 10) % is free where the store lies",
      details: ["free_bytes": "\(space.free)", "total_bytes": "\(space.total)"])
  }

  private func sink(_ facts: WatchFacts) -> Condition? {
    guard let since = facts.sink?.failingSince, facts.now - since >= SinkState.patience else { return nil }
    return Condition(
      .sink, nil, "the checkpoint sink takes no checkpoints since \(since)",
      details: ["error": facts.sink?.error ?? ""])
  }

  private func attestation(_ facts: WatchFacts) -> Condition? {
    let counts = facts.attestations
    guard counts.failed > 0 else { return nil }
    return Condition(
      .attestation, nil, "\(counts.failed) devices in service fail their attestation",
      details: ["count": "\(counts.failed)", "serials": counts.failedSerials.joined(separator: " ")])
  }

  private func suspensions(_ facts: WatchFacts) -> Condition? {
    guard let stopped = facts.suspensions.stoppedAt else { return nil }
    return Condition(
      .suspensions, nil,
      "automatic suspension has stopped at \(facts.suspensions.percent) % of the fleet, and waits for an operator",
      details: ["stopped_at": "\(stopped)", "percent": "\(facts.suspensions.percent)"])
  }

  private func crls(_ facts: WatchFacts) -> [Condition] {
    guard let lists = facts.lists else { return [] }
    return facts.authorities.filter { $0.state == .active }.compactMap { authority in
      let id = authority.id.rawValue
      guard let list = lists[authority.id] else {
        guard authority.parent != nil, facts.now - authority.createdAt > thresholds.crlLate else { return nil }
        return Condition(.crl, id, "\(id) has no CRL")
      }
      let details = ["this_update": "\(list.thisUpdate)", "next_update": "\(list.nextUpdate)"]
      if authority.parent == nil {
        guard list.nextUpdate - facts.now < thresholds.crlEndsWithin else { return nil }
        return Condition(.crl, id, "the CRL of \(id) ends at \(list.nextUpdate)", details: details)
      }
      guard facts.now - list.thisUpdate > crlInterval + thresholds.crlLate else { return nil }
      return Condition(.crl, id, "the CRL of \(id) is late: it is of \(list.thisUpdate)", details: details)
    }
  }

  private func authorities(_ facts: WatchFacts) -> [Condition] {
    // One above ours that is somebody else's is not outlived by ours, whose end says all that can be done here.
    facts.authorities.filter {
      $0.state != .retired && $0.purpose != .foreign && $0.notAfter - facts.now < thresholds.authorityEndsWithin
    }.map {
      Condition(
        .authority, $0.id.rawValue, "the \($0.purpose.rawValue) authority \($0.id) ends at \($0.notAfter)",
        details: ["not_after": "\($0.notAfter)", "purpose": $0.purpose.rawValue])
    }
  }
}

extension Span {
  static func + (left: Span, right: Span) -> Span { Span(milliseconds: left.milliseconds &+ right.milliseconds) }
}

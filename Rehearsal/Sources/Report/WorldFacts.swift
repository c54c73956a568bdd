import Registry

/// What the world has become, in numbers.
struct WorldFacts: Sendable {
  let certificates: Int
  let entries: UInt64
  let epoch: Int
  let lostAnswers: Int
  let powerCuts: Int
  let overHTTP: Int
  let honest: Int
  let others: Int

  static func read(_ world: World, _ fleet: Fleet) async throws -> WorldFacts {
    let organization = world.serving.organization
    let honest = fleet.truths.count { $0.standing == .honest }
    let (certificates, entries, epoch) = try await world.serving.store.read { reader in
      (
        try reader.countCertificates(matching: CertificateFilter(), in: organization),
        try reader.auditSize(in: organization), try reader.organization(organization)?.auditEpoch ?? 0
      )
    }
    return WorldFacts(
      certificates: certificates, entries: entries, epoch: epoch, lostAnswers: fleet.lostAnswers,
      powerCuts: fleet.powerCuts, overHTTP: fleet.overHTTP, honest: honest, others: fleet.truths.count - honest)
  }
}

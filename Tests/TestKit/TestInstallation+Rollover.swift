import Issuance
import KeyCustody
import Registry

extension TestInstallation {
  public var rootRequests: RootRequestService {
    RootRequestService(store: store, roster: roster, keys: keys.online, clock: clock.now)
  }

  /// The holder of every root's key, those made by earlier successions included: they lie with the successor's.
  public func rootHolder() throws -> RootHolder {
    var signers: [AuthorityID: any Signer] = [:]
    for place in [keys.root, keys.successor] {
      for name in place.names() {
        guard let id = AuthorityID(rawValue: name) else { continue }
        signers[id] = try place.signer(named: name, purpose: "authority")
      }
    }
    return RootHolder(keys: signers, clock: clock.now)
  }

  /// What the root's holder gives back for a request.
  public func answer(_ record: RootRequestRecord) async throws -> RootAnswer {
    let request = try RootRequest.unverified(note: record.note)
    let founded = try request.foundedRoot.map {
      try keys.successor.generate(name: $0.id.rawValue, purpose: "authority", algorithm: $0.algorithm)
    }
    return try await rootHolder().answer(request, founded: founded)
  }

  /// Asks the holder, and installs.
  @discardableResult
  public func carryOut(_ record: RootRequestRecord) async throws -> InstalledAnswer {
    try await rootRequests.install(
      try await answer(record).text, for: record.id, by: .installation, through: .command)
  }

  @discardableResult
  public func renewAuthority(_ name: AuthorityName) async throws -> Authority {
    guard let old = authorities.active(name) else { throw Refusal(.notFound, "no \(name) authority") }
    let installed = try await carryOut(
      try await rootRequests.renew(old.record.id, by: .installation, through: .command))
    guard let fresh = authorities.authority(installed.authority) else { throw Refusal(.notFound, "not loaded") }
    return fresh
  }

  public func succeedRoot(isCompromised: Bool = false) async throws {
    try await carryOut(
      try await rootRequests.succeed(isCompromised: isCompromised, by: .installation, through: .command))
  }
}

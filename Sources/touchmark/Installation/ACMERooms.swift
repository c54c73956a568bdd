import Credentials
import Enrollment
import Issuance
import KeyCustody
import Logging
import Registry
import WebService

/// ACME of one installation, wired: the door, and what looks at challenges.
struct ACMERooms: Sendable {
  let runner: ValidationRunner
  private let services: InstallationServices
  private let nonces: ACMENonces
  private let challenges: Set<ACMEAuthorizationRecord.Challenge>

  /// Reads the key that nonces are made with, or makes it, once in an installation's life.
  static func open(_ services: InstallationServices, logger: Logger) async throws -> ACMERooms {
    let nonces = ACMENonces(key: try await nonceKey(services))
    let queue = ACMEValidationQueue(
      store: services.store, organization: services.organization, nonces: nonces, clock: systemClock)
    return ACMERooms(
      runner: ValidationRunner(queue: queue, reaching: try services.configuration.challengeClient, logger: logger),
      services: services, nonces: nonces, challenges: services.configuration.offeredChallenges)
  }

  /// - Parameter names: the server's own.
  func routes(
    _ door: DeviceDoor, enrolling: any Enrolling, throttle: WrongSecretThrottle, names: [GeneralName]
  ) -> ACMERoutes {
    let (services, runner) = (services, runner)
    let secrets = services.macSecrets
    let revoking = CertificateService(
      store: services.store, organization: services.organization, clock: systemClock)
    let service = ACMEService(
      ACMEService.Surroundings(
        store: services.store, organization: services.organization, catalog: services.catalog, enrolling: enrolling,
        secrets: { name throws(Refusal) in try await secrets.secrets(named: name) },
        noteWrongSecret: { throttle.noteWrong(name: $0, address: $1, at: systemClock()) },
        revoke: { record, reason, holder, address throws(Refusal) in
          try await revoking.revokeOwn(
            .fingerprint(record.fingerprint), reason: reason, by: Self.revoker(holder, record), door: .acme,
            address: address)
        },
        chain: { [roster = services.roster] in roster.current.authority($0)?.chain ?? [] }, nonces: nonces,
        challenges: challenges, clock: systemClock, begin: { runner.begin($0) }))
    return ACMERoutes(service: service, door: door) { names.contains(HostName.general($0)) }
  }

  private static func revoker(_ holder: ACMEService.Holder, _ record: CertificateRecord) -> Revoker {
    switch holder {
    case .key: .certificate(fingerprint: record.fingerprint)
    case .account: .recipient
    }
  }

  /// In the store, so that every process knows the others' nonces, under a key in custody that a backup takes along: what
  /// is sealed with it opens after a restore too.
  private static func nonceKey(_ services: InstallationServices) async throws -> [UInt8] {
    let organization = services.organization
    let purpose = CustodyPurpose.acmeNonces
    let sealing = try services.keys.sealingKey(named: purpose, purpose: purpose)
    let context = [organization.rawValue, purpose]
    if let sealed = try await services.store.read({ try $0.sealedACMENonceKey(in: organization) }) {
      return try sealing.open(sealed, context: context).withBytes { Array($0) }
    }
    let sealed = try sealing.seal(SecretBytes.random(count: 32), context: context)
    let kept = try await services.store.write { writer in
      try writer.insertSealedACMENonceKey(sealed, in: organization)
      // Another process may have been first.
      return try writer.sealedACMENonceKey(in: organization) ?? sealed
    }
    return try sealing.open(kept, context: context).withBytes { Array($0) }
  }
}

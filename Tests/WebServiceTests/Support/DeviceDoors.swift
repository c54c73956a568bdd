import Enrollment
import Issuance
import KeyCustody
import Registry
import Synchronization
import TestKit
import WebService
import WireFormats

/// Every door of devices over one organization's issuing, wired as `touchmark serve` wires them.
struct DeviceDoors: Sendable {
  let routes: [any WebRoutes]
  /// What waits to be validated, for a test to work on.
  let validations: ACMEValidationQueue
  let hosts = ShownTokens()

  init(_ installation: TestInstallation, bounds: WebServerConfiguration.Bounds, _ logs: LogCapture) throws {
    let wiring = Wiring(installation: installation, bounds: bounds, logs: logs, secrets: try Self.secrets(installation))
    let nonces = ACMENonces(key: [UInt8](repeating: 9, count: 32))
    validations = ACMEValidationQueue(
      store: installation.store, organization: installation.organization, nonces: nonces, clock: installation.clock.now)
    routes = [wiring.est, wiring.scep, wiring.cmp, wiring.acme(nonces)]
  }

  private static func secrets(_ installation: TestInstallation) throws -> MACSecrets {
    let organization = installation.organization
    return MACSecrets(
      store: installation.store, organization: organization,
      sealing: try SecretSealing(keys: installation.keys.online, organization: organization),
      clock: installation.clock.now)
  }
}

/// The tokens that a test's hosts show.
final class ShownTokens: ChallengeReaching {
  private let contents = Mutex<[String: String]>([:])

  func show(_ token: String, _ keyAuthorization: String) { contents.withLock { $0[token] = keyAuthorization } }

  func content(of path: String, at _: ACMEIdentifier) async throws(ACMEProblem) -> [UInt8] {
    guard let text = contents.withLock({ $0[String(path.split(separator: "/").last ?? "")] }) else {
      throw ACMEProblem(.incorrectResponse, "404")
    }
    return Array(text.utf8)
  }

  func texts(of _: String) async throws(ACMEProblem) -> [String] { [] }

  func certificate(of _: ACMEIdentifier, serverName _: String) async throws(ACMEProblem) -> [UInt8] {
    throw ACMEProblem(.tls, "none")
  }
}

private struct Wiring {
  let installation: TestInstallation
  let bounds: WebServerConfiguration.Bounds
  let logs: LogCapture
  let secrets: MACSecrets

  private var now: Clock { installation.clock.now }
  private var enrollment: EnrollmentService { installation.enrollment }

  private func door(_ name: Door, _ bound: BodyBound) -> DeviceDoor {
    DeviceDoor(name, bound: bound, throttle: WrongSecretThrottle(), clock: now, logger: logs.logger())
  }

  var est: ESTRoutes {
    let enrollment = enrollment
    return ESTRoutes(
      service: ESTService(
        enrolling: enrollment,
        attributes: { label throws(Refusal) in try await enrollment.requestAttributes(label: label) },
        keys: enrollment),
      door: door(.est, bounds.est))
  }

  var scep: SCEPRoutes {
    let authorities = RegistrationAuthorities(
      store: installation.store, roster: installation.roster, catalog: installation.catalog,
      keys: installation.keys.online, clock: now)
    return SCEPRoutes(
      service: SCEPService(
        enrolling: enrollment,
        authorities: { name throws(Refusal) in try await authorities.registrationAuthority(of: name) },
        secrets: secrets,
        records: RegistrySCEPRecords(
          store: installation.store, organization: installation.organization, clock: now),
        clock: now),
      door: door(.scep, bounds.scep))
  }

  var cmp: CMPRoutes {
    let (store, roster, organization) = (installation.store, installation.roster, installation.organization)
    let profiles = ProfileLookup(store: store, organization: organization, catalog: installation.catalog)
    let administrators = AdministratorService(store: store, organization: organization, clock: now)
    return CMPRoutes(
      service: CMPService(
        enrolling: enrollment,
        revoking: CertificateService(store: store, organization: organization, clock: now),
        information: InstallationInformation(roster: roster, profiles: profiles) { _ in nil },
        transactions: StoredTransactions(store: store, organization: organization, clock: now), secrets: secrets,
        protecting: AuthorityProtection(roster: roster, store: store, profiles: profiles, clock: now),
        registrar: { certificate throws(Refusal) in
          try await administrators.registrationAuthority(certificate: certificate.encoded)
        },
        clock: now),
      door: door(.cmp, bounds.cmp))
  }

  func acme(_ nonces: ACMENonces) -> ACMERoutes {
    let secrets = secrets
    let service = ACMEService(
      ACMEService.Surroundings(
        store: installation.store, organization: installation.organization, catalog: installation.catalog,
        enrolling: enrollment, secrets: { name throws(Refusal) in try await secrets.secrets(named: name) },
        noteWrongSecret: { _, _ in nil },
        revoke: { _, _, _, _ throws(Refusal) in throw Refusal(.unavailable, "nothing is revoked here") },
        chain: { [installation] in installation.authorities.authority($0)?.chain ?? [] }, nonces: nonces,
        challenges: Set(ACMEAuthorizationRecord.Challenge.allCases), clock: now))
    return ACMERoutes(service: service, door: door(.acme, bounds.acme)) { $0 != "evil.example" }
  }
}

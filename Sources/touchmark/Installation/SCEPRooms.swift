import Enrollment
import Issuance
import Registry
import WebService

/// SCEP of one installation, wired.
struct SCEPRooms {
  private let services: InstallationServices
  private let enrolling: any Enrolling
  private let authorities: RegistrationAuthorities

  init(_ services: InstallationServices, enrolling: any Enrolling) {
    self.services = services
    self.enrolling = enrolling
    authorities = RegistrationAuthorities(
      store: services.store, roster: services.roster, catalog: services.catalog, keys: services.keys,
      clock: systemClock)
    // A key of RSA takes its time, which no client should wait for.
    services.roster.observe { [authorities] _ in await authorities.prepare() }
    Task { [authorities] in await authorities.prepare() }
  }

  func routes(_ door: DeviceDoor) -> SCEPRoutes {
    let service = SCEPService(
      enrolling: enrolling,
      authorities: { [authorities] profile throws(Refusal) in
        try await authorities.registrationAuthority(of: profile)
      },
      nextAuthorities: { [authorities] profile throws(Refusal) in try await authorities.nextAuthorities(of: profile) },
      secrets: services.macSecrets,
      records: RegistrySCEPRecords(
        store: services.store, organization: services.organization, clock: systemClock),
      clock: systemClock)
    return SCEPRoutes(service: service, door: door)
  }
}

import Credentials
import Enrollment
import Issuance
import Registry
import Status
import WebService

/// The CMP door of one installation.
struct CMPRooms {
  let services: InstallationServices
  let enrolling: any Enrolling
  let keys: any ServerKeyEnrolling
  let throttle: WrongSecretThrottle

  func routes(_ door: DeviceDoor) -> CMPRoutes { CMPRoutes(service: service, door: door) }

  private var service: CMPService {
    let (store, roster, organization) = (services.store, services.roster, services.organization)
    let profiles = ProfileLookup(store: store, organization: organization, catalog: services.catalog)
    let administrators = AdministratorService(store: store, organization: organization, clock: systemClock)
    let publisher = services.status.publisher
    let protection = AuthorityProtection(roster: roster, store: store, profiles: profiles, clock: systemClock)
    return CMPService(
      enrolling: enrolling,
      revoking: CertificateService(store: store, organization: organization, clock: systemClock),
      information: InstallationInformation(roster: roster, profiles: profiles) { authority in
        try await publisher.current(authority).map {
          RevocationListItem(encoded: $0.encoded, thisUpdate: $0.thisUpdate)
        }
      },
      transactions: StoredTransactions(store: store, organization: organization, clock: systemClock),
      secrets: services.macSecrets,
      protecting: protection,
      keyGeneration: CMPKeyGeneration(enrolling: keys) { label throws(Refusal) in
        try await protection.keySigning(label: label)
      },
      registrar: { certificate throws(Refusal) in
        try await administrators.registrationAuthority(certificate: certificate.encoded)
      },
      wrongSecret: { [throttle] name, address in
        throttle.noteWrong(name: name, address: address, at: systemClock())
      },
      clock: systemClock)
  }
}

import Enrollment
import Issuance
import Logging
import Status
import WebService

/// Which doors stand at which port. Only what is signed already, and health, is on the plain one.
struct ServingRoutes {
  let secure: [any WebRoutes]
  let plain: [any WebRoutes]

  /// - Parameter url: the HTTPS address that devices reach, known once it is bound.
  init(
    services: InstallationServices, bounds: WebServerConfiguration.Bounds, url: @escaping @Sendable () -> String,
    logger: Logger
  ) {
    let throttle = WrongSecretThrottle(tolerated: bounds.wrongSecretsPerMinute)
    let est = ESTRoutes(
      service: ESTService(enrolling: services.enrollment), bound: bounds.est, throttle: throttle, now: systemClock,
      logger: logger)
    let publisher = services.status.publisher
    let administration = AdministrationServices(
      store: services.store, roster: services.roster, enrolling: services.enrollment,
      publish: { try await publisher.publish($0) },
      invitations: .init(url: url, rootFingerprint: { [roster = services.roster] in roster.current.rootFingerprint }),
      keys: services.keys, clock: systemClock)
    let routes = AdministrationRoutes(services: administration, bounds: bounds, throttle: throttle, logger: logger)
    secure = [est, routes]
    plain = [StatusRoutes(service: services.status, bound: bounds.ocsp, logger: logger)]
  }
}

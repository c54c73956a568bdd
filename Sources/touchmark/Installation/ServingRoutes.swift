import Enrollment
import Issuance
import Logging
import Status
import Watching
import WebService

/// Which doors stand at which port. Only what is signed already, and health, is on the plain one.
struct ServingRoutes {
  let secure: [any WebRoutes]
  let plain: [any WebRoutes]

  /// - Parameter url: the HTTPS address that devices reach, known once it is bound.
  init(
    services: InstallationServices, watch: WatchRooms, acme: ACMERooms, bounds: WebServerConfiguration.Bounds,
    identity: ServerIdentity, url: @escaping @Sendable () -> String, logger: Logger
  ) {
    let throttle = WrongSecretThrottle(tolerated: bounds.wrongSecretsPerMinute)
    let enrolling = MeasuredEnrolling(services.enrollment, measures: watch.measures)
    let keys = MeasuredKeyEnrolling(services.enrollment, measures: watch.measures)
    let est = ESTRoutes(
      service: ESTService(
        enrolling: enrolling,
        attributes: { [enrollment = services.enrollment] label throws(Refusal) in
          try await enrollment.requestAttributes(label: label)
        }, keys: keys, keySigning: { await identity.keySigning }), bound: bounds.est, throttle: throttle,
      now: systemClock, logger: logger)
    let publisher = services.status.publisher
    let administration = AdministrationServices(
      store: services.store, roster: services.roster, enrolling: enrolling, sealing: services.sealing,
      publish: { try await publisher.publish($0) },
      invitations: .init(url: url, rootFingerprint: { [roster = services.roster] in roster.current.rootFingerprint }),
      keys: services.keys, authorityKeys: services.tokens.authorityKeys, events: watch.events,
      notifications: watch.notifications, clock: systemClock)
    let routes = AdministrationRoutes(services: administration, bounds: bounds, throttle: throttle, logger: logger)
    let readers = AdministratorService(
      store: services.store, organization: services.organization, clock: systemClock)
    let bundles = TrustBundleRoutes(store: services.store, organization: services.organization)
    let scep = SCEPRooms(services, enrolling: enrolling)
      .routes(bound: bounds.scep, throttle: throttle, logger: logger)
    let cmp = CMPRooms(services: services, enrolling: enrolling, keys: keys, throttle: throttle)
      .routes(bound: bounds.cmp, logger: logger)
    let orders = acme.routes(enrolling: enrolling, throttle: throttle, bounds: bounds, logger: logger)
    secure = [est, scep, cmp, orders, routes, bundles, watch.metrics(.readers(readers), logger: logger)]
    plain = [
      StatusRoutes(service: services.status, bound: bounds.ocsp, measures: watch.measures, logger: logger),
      scep, cmp, bundles, watch.metrics(.loopback, logger: logger),
    ]
  }
}

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
    func door(_ name: Door, _ bound: BodyBound) -> DeviceDoor {
      DeviceDoor(name, bound: bound, throttle: throttle, clock: systemClock, logger: logger)
    }
    let enrolling = MeasuredEnrolling(services.enrollment, measures: watch.measures)
    let keys = MeasuredKeyEnrolling(services.enrollment, measures: watch.measures)
    let est = ESTRoutes(
      service: ESTService(
        enrolling: enrolling,
        attributes: { [enrollment = services.enrollment] label throws(Refusal) in
          try await enrollment.requestAttributes(label: label)
        }, keys: keys, keySigning: { await identity.keySigning }), door: door(.est, bounds.est))
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
    let scep = SCEPRooms(services, enrolling: enrolling).routes(door(.scep, bounds.scep))
    let cmp = CMPRooms(services: services, enrolling: enrolling, keys: keys, throttle: throttle)
      .routes(door(.cmp, bounds.cmp))
    let orders = acme.routes(door(.acme, bounds.acme), enrolling: enrolling, throttle: throttle, names: identity.names)
    secure = [est, scep, cmp, orders, routes, bundles, watch.metrics(.readers(readers), logger: logger)]
    plain = [
      StatusRoutes(service: services.status, bound: bounds.ocsp, measures: watch.measures, logger: logger),
      scep, cmp, bundles, watch.metrics(.loopback, logger: logger),
    ]
  }
}

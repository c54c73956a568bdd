import Enrollment
import Issuance
import Logging
import WebService

/// Which doors stand at which port.
struct ServingRoutes {
  let secure: [any WebRoutes]
  let plain: [any WebRoutes]

  init(services: InstallationServices, bounds: WebServerConfiguration.Bounds, logger: Logger) {
    let throttle = WrongSecretThrottle()
    let est = ESTRoutes(
      service: ESTService(enrolling: services.enrollment), bound: bounds.est, throttle: throttle, now: systemClock,
      logger: logger)
    secure = [est]
    plain = [StatusRoutes(service: services.status, bound: bounds.ocsp, logger: logger)]
  }
}

import HTTPTypes
import Hummingbird

/// `/healthz`: the process answers. `/readyz`: it can do its work, or says in a line why not.
struct HealthRoutes: WebRoutes {
  let readiness: WebServer.Readiness

  func register(on router: Router<WebRequestContext>) {
    router.get("healthz") { _, _ in Response.text(.ok, "ok") }
    router.get("readyz") { [readiness] _, _ in
      guard let obstacle = await readiness() else { return Response.text(.ok, "ready") }
      return Response.text(.serviceUnavailable, obstacle)
    }
  }
}

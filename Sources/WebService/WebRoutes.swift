import Hummingbird

/// A set of routes that one door serves: EST, status, administration.
public protocol WebRoutes: Sendable {
  /// Called once, before anything listens. Handlers throw `ProblemDetails`, or render their protocol's own failures.
  func register(on router: Router<WebRequestContext>)
}

import AdministrationAPI
import Issuance
import Registry
import Watching

extension AdministrationRoutes {
  var notificationRoutes: [APIRoute] {
    [
      APIRoute(
        method: .get, path: "/notifications", operation: "showNotifications",
        summary: "Whom conditions are told, which stand, and what waits.", tag: "notifications", access: .readers,
        success: .json("NotificationOverview"), handler: .read { _ in try .json(try await overview()) }),
      APIRoute(
        method: .get, path: "/notifications/key", operation: "showNotificationKey",
        summary: "The public key that checks what is sent to systems outside (RFC 9421).", tag: "notifications",
        access: .readers,
        success: APIRoute.Success(
          status: 200, description: "PEM, Ed25519", content: .text("application/x-pem-file")),
        handler: .read { _ in
          guard let key = services.notifications?.publicKey else { throw Refusal(.notFound, "there is no such key") }
          return APIAnswer(contentType: "application/x-pem-file", body: Array(key.utf8))
        }),
      APIRoute(
        method: .post, path: "/notifications/test", operation: "testNotifications",
        summary: "Tells every target of a test, now.", tag: "notifications", access: .operators,
        success: .json("NotificationTest"), handler: .effect(act: "notification.test") { try await test($0) }),
    ]
  }

  private func overview() async throws -> NotificationOverview {
    let targets = (services.notifications?.targets ?? []).map { target in
      NotificationTargetItem(
        name: target.name, way: target.summary,
        when: ConditionKind.allCases.filter(target.kinds.contains).map(\.rawValue))
    }
    let (standing, waiting) = try await services.read { reader, organization in
      (
        try reader.standingConditions(in: organization),
        try reader.waitingNotificationCount(in: organization)
      )
    }
    let conditions = standing.compactMap { standing in
      Condition(standing).map {
        ConditionItem(kind: $0.kind.rawValue, subject: $0.subject, text: $0.text, raisedAt: "\(standing.raisedAt)")
      }
    }
    return NotificationOverview(targets: targets, conditions: conditions, waiting: waiting)
  }

  private func test(_ context: AdministratorContext) async throws -> APIAnswer {
    let results = try await services.notifications?.test() ?? []
    let delivered = results.filter { $0.failure == nil }.count
    try await services.administration.record(
      "notification.test", on: "notifications", details: ["targets": "\(results.count)", "delivered": "\(delivered)"],
      by: context.actor, through: .rest)
    return try .json(
      NotificationTest(
        results: results.map {
          NotificationTestResult(target: $0.target, delivered: $0.failure == nil, failure: $0.failure)
        }))
  }
}

import Watching

extension APISchemas {
  private static let kind = Schema.choice(description: "", ConditionKind.allCases.map(\.rawValue))

  static let notificationSchemas: [(String, Schema)] = [
    (
      "NotificationOverview",
      .object(
        "Whom conditions are told, and which stand now.",
        [
          .required("targets", .array(of: target, description: "", most: 64)),
          .required("conditions", .array(of: condition, description: "", most: 100_000)),
          .required("waiting", count("Notifications that were not delivered yet.")),
        ])
    ),
    (
      "NotificationTest",
      .object("How each target took a test.", [.required("results", .array(of: result, description: "", most: 64))])
    ),
  ]

  private static let target = Schema.object(
    "A target, as touchmark.yaml names it.",
    [
      .required("name", text("", 64)), .required("way", text("A host, or a program's path.", 4096)),
      .required("when", .array(of: kind, description: "", most: 16)),
    ])

  private static let condition = Schema.object(
    "A condition that stands.",
    [
      .required("kind", kind), .optional("subject", text("", 1024)), .required("text", text("One sentence.", 4096)),
      .required("raised_at", time("")),
    ])

  private static let result = Schema.object(
    "One target's.",
    [
      .required("target", text("", 64)), .required("delivered", .boolean(description: "")),
      .optional("failure", text("", 4096)),
    ])
}

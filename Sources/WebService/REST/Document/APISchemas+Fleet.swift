import Issuance
import Registry

extension APISchemas {
  private static let selection = text("A selection: docs/commands.md has the grammar.", 2048)
  private static let reason = Schema.Property.optional("reason", text("For the history.", 500))
  private static let labels = Schema.texts(description: "Set on each.")
  private static let removed = Schema.array(of: text("", 64), description: "Keys.", most: 32)

  static let fleetSchemas: [(String, Schema)] = [
    (
      "NewBulkAct",
      .object(
        "Something to be done to all that a selection names.",
        [
          .required("act", .choice(description: "`noun.verb`.", BulkAct.names)), .required("where", selection),
          .optional("reason", text("For the history; for certificate.revoke a CRLReason.", 500)),
          .optional("profile", text("For device.move.", 64)), .optional("labels", labels),
          .optional("remove_labels", removed), .optional("for", span), .optional("expires_in", span),
          .optional("start", .boolean(description: "At once, without confirming.")),
        ])
    ),
    ("BulkAct", bulkAct),
    (
      "BulkMember",
      .object(
        "One of those that an act is done to.",
        [
          .required("position", count("From 1.")), .optional("device", text("Its identifier.", 40)),
          .optional("serial", text("The device's, or that of the certificate's device.", 64)),
          .optional("authority", text("", 40)), .optional("serial_number", text("Hexadecimal.", 40)),
          .optional("grant", text("Its name.", 64)), .optional("request", text("Its name.", 64)),
          .optional("refusal", text("Why nothing was done to it.", 1024)),
        ])
    ),
    ("ActInvitationsRequest", .object("Members.", [.required("after", count("Those after this position."))])),
    ("ActInvitations", invitations),
    (
      "DeviceMove",
      .object("The profile that a device is put under.", [.required("profile", text("", 64)), reason])
    ),
    (
      "DeviceLabels",
      .object("What changes of labels.", [.optional("labels", labels), .optional("remove_labels", removed)])
    ),
    ("Tally", tally), ("FleetStatus", status), ("Reach", reach),
  ]

  private static let bulkAct = Schema.object(
    "An act on many, and how far it has come.",
    [
      .required("id", text("", 40)), .required("act", text("", 64)), .required("where", selection), reason,
      .required("state", .choice(description: "", BulkActRecord.State.allCases.map(\.rawValue))),
      .required("members", count("")), .required("members_sha256", text("Over their list, hexadecimal.", 64)),
      .required("processed", count("How many had their turn.")), .required("done", count("How many were changed.")),
      .required("refused", count("")), .required("created_at", time("")), .required("by", text("")),
      .optional("started_at", time("")), .optional("finished_at", time("")),
      .optional(
        "verifiers_accept",
        .object(
          "Certificates that say that no revocation information will be available (RFC 9608).",
          [.required("certificates", count("")), .required("until", time("The end of the last."))])),
    ])

  private static let invitations = Schema.object(
    "Secrets of some members, shown this once.",
    [
      .required("act", .named("BulkAct")), .required("url", text("Where devices enroll.", 1024)),
      .required("root_sha256", text("SHA-256 of the root, hexadecimal.", 64)),
      .required(
        "items",
        .array(
          of: .object(
            "One device's secret, or why there is none.",
            [
              .required("position", count("From 1.")), .optional("serial", text("", 64)),
              .optional("manufacturer", text("", 64)), .optional("profile", text("", 64)),
              .optional("secret", text("32 random octets as base64url.", 64)), .optional("expires", time("")),
              .optional("refusal", text("", 1024)),
            ]), description: "In the order of positions.", most: BulkActService.invitedTogether)),
    ])

  private static let tally = Schema.object(
    "A count that may have stopped early.",
    [.required("count", count("")), .required("or_more", .boolean(description: "There may be more."))])

  private static let status = Schema.object(
    "How the whole fleet stands.",
    [
      .required("at", time("")), .required("active", count("")), .required("never_enrolled", count("")),
      .required("suspended", count("")), .required("retired", count("")), .required("overdue", .named("Tally")),
      .required("expiring", .named("Tally")), .required("expired", .named("Tally")),
      .required("expiring_within", span), .required("attestations", attestations),
      .required("issued_last_hour", count("")),
      .required("issued_last_day", count("")),
      .required("refused", .array(of: activity, description: "What the log holds.", most: 10_000)),
      .required("authorities", .array(of: authority, description: "", most: 10_000)),
      .optional("last_backup", time("")), .required("log_size", count("Entries.")),
      .optional("last_checkpoint", time("")), .required("store_size", count("Octets.")),
      .required("running_acts", .array(of: text("", 40), description: "Acts on many under way.", most: 10_000)),
    ])

  private static let attestations = Schema.object(
    "Active devices by what they last attested.",
    [
      .required("trusted", count("")), .required("warning", count("")), .required("failed", count("")),
      .required("overdue", count("Past the moment at which they should have attested again.")),
      .optional("suspension_stopped", time("Since when a policy suspends nothing more, and asks.")),
    ])

  private static let activity = Schema.object(
    "Refusals of one kind.",
    [
      .required("act", text("", 128)), .required("code", text("", 64)), .required("last_hour", count("")),
      .required("last_day", count("")),
    ])

  private static let authority = Schema.object(
    "An authority and its list.",
    [
      .required("id", text("", 40)), .required("purpose", text("", 32)), .required("state", text("", 32)),
      .required("not_after", time("")), .optional("crl_number", count("")), .optional("crl_this_update", time("")),
      .optional("crl_next_update", time("")),
    ])

  private static let reach = Schema.object(
    "Which devices a compromise touches.",
    [
      .required("of", text("", 1024)), .required("where", selection), .required("devices", count("")),
      .required("by_state", .counts(description: "")), .required("by_product", .counts(description: "")),
      .required("by_profile", .counts(description: "")),
      .required("limits", .array(of: text("", 1024), description: "What it cannot know.", most: 10)),
    ])
}

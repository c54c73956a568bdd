import Registry

extension APISchemas {
  private static let kinds = Schema.choice(
    description: "What kind of subject it is.", DeviceRecord.Kind.allCases.map(\.rawValue))
  private static let labels = Schema.texts(description: "At most 32 keys of letters, digits, `-`, `.` and `_`.")
  private static let serial = text("1 to 64 characters of PrintableString, from a letter or digit on.", 64)
  private static let reason = Schema.Property.optional("reason", text("For the history.", 500))

  static let forMAC = Schema.boolean(description: "Whether doors check a MAC with the secret: it is sealed as well.")

  static let deviceSchemas: [(String, Schema)] = [
    ("Device", device), ("DeviceDetail", deviceDetail), ("NewDevice", newDevice),
    (
      "InvitationRequest",
      .object("How a new secret is made.", [.optional("expires_in", span), .optional("mac", forMAC)])
    ),
    ("Invitation", invitation), ("StandingReason", .object("Why something is done.", [reason])),
    (
      "Readmission",
      .object("For how long an expired certificate may renew.", [.required("for", span), reason])
    ),
    (
      "Replacement",
      .object("The device that takes another's place.", [.required("serial", serial), reason])
    ),
    ("ManifestBatch", manifestBatch), ("ManifestEntry", manifestEntry), ("ImportResult", importResult),
    (
      "RefusedLine",
      .object(
        "A line that was not taken.",
        [.required("line", count("From 1, a header included.")), .required("reason", text("Why.", 1024))])
    ),
  ]

  private static let device = Schema.object(
    "A device, gateway, application, person or station.",
    [
      .required("id", text("Opaque, and never used again.", 40)), .required("serial", serial),
      .required("manufacturer", text("Empty for the organization's own.", 64)), .required("kind", kinds),
      .required("profile", text("Applies when a request names none.", 64)), .optional("product", text("", 128)),
      .optional("hardware_revision", text("", 64)), .optional("lot", text("", 64)), .required("labels", labels),
      .required(
        "state", .choice(description: "How it stands.", DeviceRecord.State.allCases.map(\.rawValue))),
      .optional("state_reason", text("Why it stands so.")), .optional("state_by", text("Who set it so.")),
      .optional("state_at", time("Since when.")), .required("registered_at", time("")),
      .required("registered_by", text("")), .optional("last_contact_at", time("")),
      .optional("last_contact_door", text("For example est.")), .optional("renewal_due_at", time("")),
      .optional("expires_at", time("The end of its last certificate.")),
      .optional(
        "verifiers_accept_until",
        time("After an act that held or revoked certificates of which verifiers never ask: how long those live on.")),
    ])

  private static let deviceDetail = Schema.object(
    "A device with what it has and what happened to it.",
    [
      .required("device", .named("Device")),
      .required("certificates", .array(of: .named("Certificate"), description: "Oldest first.", most: 100_000)),
      .required("history", .array(of: .named("AuditItem"), description: "Oldest first.", most: 100_000)),
    ])

  private static let newDevice = Schema.object(
    "A device to register.",
    [
      .required("serial", serial), .required("profile", text("A profile's name.", 64)),
      .optional("manufacturer", text("Empty or absent for the organization's own.", 64)), .optional("kind", kinds),
      .optional("product", text("", 128)), .optional("hardware_revision", text("", 64)),
      .optional("lot", text("", 64)), .optional("labels", labels), .optional("expires_in", span),
      .optional("key_sha256", text("SHA-256 of its public key's SubjectPublicKeyInfo; then there is no secret.", 64)),
      .optional("mac", forMAC),
    ])

  private static let invitation = Schema.object(
    "A device's secret, shown this once.",
    [
      .required("serial", serial), .required("profile", text("", 64)),
      .optional("secret", text("32 random octets as base64url; absent where the device's key is known.", 64)),
      .optional("expires", time("")),
      .required("url", text("The HTTPS address that the device enrolls at.", 1024)),
      .required("root_sha256", text("What the device pins: SHA-256 of the root, hexadecimal.", 64)),
      .required("device", .named("Device")),
    ])

  private static let manifestBatch = Schema.object(
    "A part of a secure-element maker's signed manifest.",
    [
      .required("profile", text("A profile's name.", 64)),
      .required("signers", .string(description: "PEM: whose signatures are believed.", longest: 256 * 1024)),
      .optional("manufacturer", text("The namespace of the serials; the maker named inside when absent.", 64)),
      .optional("key", text("The `kid` of the key to enroll with; `0` when absent.", 64)),
      .optional("lot", text("", 64)),
      .required("first", .integer(description: "The first entry's place in the file.", 1...10_000_000)),
      .required("entries", .array(of: .named("ManifestEntry"), description: "", most: 1000)),
    ])

  private static let manifestEntry = Schema.object(
    "A secure element: a JWS (RFC 7515 §7.2.2) signed with ES256.",
    [
      .required("payload", text("base64url.", 64 * 1024)), .required("protected", text("base64url.", 64 * 1024)),
      .required("signature", text("base64url.", 256)),
    ])

  private static let importResult = Schema.object(
    "What became of an import's lines.",
    [
      .required("added", count("")), .required("unchanged", count("Registered already, with the same data.")),
      .required("refused", .array(of: .named("RefusedLine"), description: "", most: 1_000_000)),
    ])
}

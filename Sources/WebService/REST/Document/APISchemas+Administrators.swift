import Registry

extension APISchemas {
  private static let role = Schema.choice(
    description: "What they may do.", AdministratorRecord.Role.allCases.map(\.rawValue))
  private static let profiles = Schema.array(
    of: text("", 64), description: "What a station or a registration authority enrolls for.", most: 32)
  private static let lot = Schema.Property.optional(
    "lot", text("Whose devices a registration authority speaks for.", 64))
  private static let uses = Schema.Property.optional(
    "uses", .integer(description: "How many certificates a registration authority may ask for.", 1...10_000_000))

  static let administratorSchemas: [(String, Schema)] = [
    ("Administrator", administrator),
    (
      "NewAdministrator",
      .object(
        "Who is to administer.",
        [
          .required("name", text("Who it is, for the log.", 256)), .required("role", role),
          .optional("profiles", profiles), lot, uses, .required("csr", pem),
        ])
    ),
    (
      "AddedAdministrator",
      .object(
        "A certificate just issued.",
        [
          .required("administrator", .named("Administrator")), .required("certificate", pem),
          .required("chain", .array(of: pem, description: "Issuers, without the root.", most: 8)),
        ])
    ),
    (
      "RemovedAdministrators",
      .object(
        "Who may do nothing any more.",
        [.required("removed", .array(of: .named("Administrator"), description: "", most: 1000))])
    ),
  ]

  private static let administrator = Schema.object(
    "One certificate of somebody with a role.",
    [
      .required("name", text("", 256)), .required("role", role), .required("profiles", profiles), lot, uses,
      .optional("issued", count("How many a registration authority was given.")),
      .required("fingerprint", text("SHA-256, hexadecimal.", 64)),
      .required("serial_number", text("Hexadecimal.", 40)),
      .required("status", .choice(description: "", AdministratorStatus.all)), .optional("not_after", time("")),
      .required("added_at", time("")), .required("added_by", text("")), .optional("removed_at", time("")),
    ])
}

extension APISchemas {
  static let rolloverSchemas: [(String, Schema)] = [
    (
      "RootRequest",
      .object(
        "What is asked of a root.",
        [
          .required("id", text("", 40)), .required("act", text("", 64)), .required("created_at", time("")),
          .required("created_by", text("")), .required("expires", time("")), .optional("answered_at", time("")),
          .required("request", text("The signed text that the root's holder reads.", 512 * 1024)),
        ])
    ),
    (
      "RootAnswer",
      .object("What a root signed.", [.required("answer", text("The answer's text.", 512 * 1024))])
    ),
    (
      "InstalledAnswer",
      .object(
        "What is in force now.",
        [
          .required("request", text("", 40)), .required("act", text("", 64)),
          .required("authority", text("The authority that took the place, or that the act was about.", 40)),
        ])
    ),
    (
      "AuthorityRenewal",
      .object(
        "Where the new key is made.",
        [.optional("keys", text("The URI of one of this server's tokens; absent where the old key lives.", 1024))])
    ),
    ("RootListTerms", .object("How long a root's list is valid.", [.optional("lifetime", span)])),
    (
      "RootSuccession",
      .object(
        "Why another root follows.",
        [.optional("compromised", .boolean(description: "The old root's key is in the wrong hands."))])
    ),
    (
      "SignedStatement", .object("What approvers signed.", [.required("note", text("A C2SP signed note.", 256 * 1024))])
    ),
    (
      "Statement",
      .object(
        "What approvers signed, as it was taken.",
        [
          .required("number", count("Grows.")), .required("at", time("")), .required("by", text("")),
          .required("note", text("A C2SP signed note.", 256 * 1024)),
        ])
    ),
    (
      "RootExport",
      .object(
        "How a root's key was exported.",
        [
          .optional("removed", .boolean(description: "Whether it leaves the machine.")),
          .optional("request", text("What approvers were asked, where they stand before the root.", 40)),
          .optional("approval", text("What they signed: a C2SP signed note.", 64 * 1024)),
        ])
    ),
  ]
}

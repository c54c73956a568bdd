import Registry

extension APISchemas {
  private static let number = Schema.integer(description: "", 0...(.max))
  private static let digest = text("Hexadecimal.", 64)

  static let profileSchemas: [(String, Schema)] = [
    (
      "Profile",
      .object(
        "One version of a profile.",
        [
          .required("name", text("", 64)), .required("version", number), .required("document", text("YAML.", 1 << 20)),
          .required("digest", digest), .required("applied_at", time("")), .required("applied_by", text("")),
        ])
    ),
    (
      "ProfileChange",
      .object(
        "What applying a profile changed, or would.",
        [
          .required("name", text("", 64)), .required("version", number),
          .required("changed", .boolean(description: "")),
          .required("difference", text("Lines with `-`, `+` or a space before them.", 4 << 20)),
        ])
    ),
    ("Trial", trial),
  ]

  private static let trial = Schema.object(
    "What a profile would issue for a request, or the rule that refuses it.",
    [
      .required("would_issue", .boolean(description: "")), .optional("subject", text("RFC 4514.", 4096)),
      .required("subject_alternative_names", .array(of: text("", 4096), description: "", most: 1000)),
      .optional("not_before", time("")), .optional("not_after", time("")),
      .required("extensions", .array(of: text("", 4096), description: "", most: 100)),
      .optional("rule", text("The rule that refuses.")), .optional("reason", text("", 4096)),
    ])

  static let authoritySchemas: [(String, Schema)] = [
    (
      "Authority",
      .object(
        "A root or an issuing authority.",
        [
          .required("id", text("Never changes.", 40)),
          .required("purpose", .choice(description: "", AuthorityRecord.Purpose.allCases.map(\.rawValue))),
          .required("name", text("What profiles call it.", 40)),
          .required("subject", text("RFC 4514.", 4096)), .optional("parent", text("", 40)),
          .required("state", .choice(description: "", AuthorityRecord.State.allCases.map(\.rawValue))),
          .required("key_algorithm", text("", 32)), .required("not_after", time("")),
          .optional("key_home", text("`sealed`, or the key's URI on its token (RFC 7512).", 1024)),
          .optional("crl_number", number), .optional("crl_next_update", time("")), .required("certificate", pem),
        ])
    ),
    (
      "PublishedList",
      .object(
        "A CRL just published.",
        [.required("number", number), .required("this_update", time("")), .required("next_update", time(""))])
    ),
  ]

  static let auditSchemas: [(String, Schema)] = [
    (
      "AuditItem",
      .object(
        "An entry of the audit log.",
        [
          .required("index", number), .required("at", text("Empty once erased.", 32)),
          .required("actor", text("", 1024)), .required("door", text("", 32)),
          .required("act", text("`noun.verb`.", 128)), .required("subject", text("", 1024)),
          .required("outcome", text("", 32)), .optional("reason", text("", 4096)),
          .required("details", .texts(description: "")), .required("leaf", digest),
        ])
    ),
    (
      "ConsistencyProof",
      .object(
        "RFC 6962 §2.1.2: a later tree continues an earlier one.",
        [
          .required("from", number), .required("to", number),
          .required("path", .array(of: digest, description: "", most: 128)),
        ])
    ),
    (
      "InclusionProof",
      .object(
        "RFC 6962 §2.1.1: a leaf is in a tree.",
        [
          .required("index", number), .required("size", number), .required("leaf", digest), .required("root", digest),
          .required("path", .array(of: digest, description: "From the leaf up.", most: 64)),
        ])
    ),
  ]

  private static let trustPurpose = Schema.choice(
    description: "What its certificates are believed for.", ["devices", "tpm"])
  private static let profiles = Schema.array(of: text("", 64), description: "What its devices may ask for.", most: 32)

  static let trustSchemas: [(String, Schema)] = [
    (
      "TrustAnchor",
      .object(
        "A manufacturer's authority whose devices may enroll.",
        [
          .required("name", text("", 64)), .required("certificate", pem), .required("profiles", profiles),
          .required("manufacturer", text("The namespace of its serials.", 64)),
          .optional("serial_prefix", text("", 64)), .required("purpose", trustPurpose), .required("added_at", time("")),
          .required("added_by", text("")),
        ])
    ),
    (
      "NewTrustAnchor",
      .object(
        "A manufacturer's authority to trust.",
        [
          .required("name", text("", 64)), .required("certificate", pem), .required("profiles", profiles),
          .required("manufacturer", text("", 64)), .optional("serial_prefix", text("", 64)),
          .optional("purpose", trustPurpose),
        ])
    ),
  ]
}

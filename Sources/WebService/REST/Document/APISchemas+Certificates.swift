import Issuance
import Registry

extension APISchemas {
  static let grantSchemas: [(String, Schema)] = [
    ("Grant", grant), ("GrantReopening", grantReopening),
    (
      "NewGrant",
      .object(
        "What a grant is to allow.",
        [
          .required("profile", text("A profile's name.", 64)),
          .required("uses", .integer(description: "How many devices it lets in.", 1...10_000_000)),
          .required("expires_in", span), .optional("lot", text("Noted on the devices that it lets in.", 64)),
          .optional("serials_from", text("With `serials_to`: serials of one length, both ends included.", 64)),
          .optional("serials_to", text("", 64)),
          .optional(
            "serials",
            .array(
              of: text("", 64), description: "Only these, beside those of the range.", most: GrantService.mostListed)),
          .optional("mac", forMAC),
          .optional("station", text("The name of the one station that may use it.", 64)),
        ])
    ),
    (
      "IssuedGrant",
      .object(
        "A grant's secret, shown this once.",
        [
          .required("name", text("What devices give as user name.", 64)), .required("secret", text("", 64)),
          .required("profile", text("", 64)), .required("uses", count("")), .required("expires", time("")),
          .required("url", text("The HTTPS address.", 300)),
          .required("root_sha256", text("SHA-256 of the root certificate.", 64)),
        ])
    ),
  ]

  private static let grant = Schema.object(
    "A right for many devices to enroll.",
    [
      .required("name", text("", 64)), .required("profile", text("", 64)), .required("uses", count("")),
      .required("issued", count("")), .required("repeated", count("Lost answers given again; they do not count.")),
      .required("refused", count("")), .required("left", count("")), .optional("lot", text("", 64)),
      .optional("serials_from", text("", 64)), .optional("serials_to", text("", 64)),
      .optional("serials", .array(of: text("", 64), description: "", most: GrantService.mostListed)),
      .optional("station", text("The one station that may use it.", 64)),
      .required("expires", time("")),
      .required("created_at", time("")), .required("created_by", text("")), .optional("revoked_at", time("")),
      .optional("closed_at", time("Since a restore; an operator reopens it.")),
    ])

  static let grantReopening = Schema.object(
    "How a grant that a restore closed is opened.",
    [
      .optional(
        "lost", count("Uses that the backup does not know of; absent, as many as entries of the log were lost.")),
      .optional("reason", text("For the log.", 500)),
    ])

  static let certificateSchemas: [(String, Schema)] = [
    ("Certificate", certificate),
    (
      "RemainingCertificate",
      .object(
        "What a revocation left of a device.",
        [
          .required("serial_number", text("Hexadecimal.", 40)), .required("profile", text("", 64)),
          .required("not_after", time("")), .required("status", .choice(description: "", ["good", "expired"])),
          .required("enrolls", .boolean(description: "It can renew here, or enroll for another profile.")),
        ])
    ),
    (
      "Revocation",
      .object(
        "Why a certificate is revoked.",
        [
          .required(
            "reason",
            .choice(description: "CRLReason (RFC 5280 §5.3.1).", CertificateService.reasons.map(\.name)))
        ])
    ),
    (
      "SigningRequest",
      .object(
        "A request that an operator answers for, or that a station carries under a grant.",
        [
          .optional("profile", text("A profile's name; the grant's own when absent.", 64)), .required("csr", pem),
          .optional("serial", text("The device's serial, where its request does not say it.", 64)),
          .optional("grant", text("A grant's name.", 64)), .optional("secret", text("The grant's secret.", 64)),
        ])
    ),
    (
      "ImportedCertificateLine",
      .object(
        "What another authority's books say of one certificate.",
        [
          .required("line", .integer(description: "Its place in the books.", 1...100_000_000)),
          .optional("certificate", pem), .optional("serial_number", text("Hexadecimal.", 42)),
          .optional("revoked_at", time("Absent while it is good.")),
          .optional("reason", text("CRLReason (RFC 5280 §5.3.1).", 32)),
        ])
    ),
    (
      "CertificateImportResult",
      .object(
        "What became of books that were taken over.",
        [
          .required("added", count("")), .required("unchanged", count("")),
          .required("devices", count("Devices that were registered.")),
          .required("revoked", count("Revocations that stand since then.")),
          .required("refused", .array(of: .named("RefusedLine"), description: "", most: 1_000_000)),
        ])
    ),
    (
      "EarlierList",
      .object(
        "The last CRL of an authority that was continued here.",
        [.required("crl", .string(description: "PEM.", longest: 1 << 20))])
    ),
    ("EnrollmentBody", .object("A certification request.", [.required("csr", pem)])),
    (
      "IssuedCertificate",
      .object(
        "A certificate that is durably recorded.",
        [
          .required("certificate", pem),
          .required("chain", .array(of: pem, description: "Issuers, without the root.", most: 8)),
          .required("serial_number", text("Hexadecimal.", 40)),
          .required("repeated", .boolean(description: "The same key had it already.")),
        ])
    ),
  ]

  private static let certificate = Schema.object(
    "A certificate that was issued here.",
    [
      .required("serial_number", text("Hexadecimal.", 40)), .required("authority", text("", 40)),
      .required("subject", text("RFC 4514.", 4096)), .optional("device", text("The device's serial.", 64)),
      .required("profile", text("", 64)), .required("profile_version", count("")), .required("not_before", time("")),
      .required("not_after", time("")), .required("issued_at", time("")),
      .required("status", .choice(description: "", CertificateStatusText.all)), .optional("revoked_at", time("")),
      .optional("reason", text("CRLReason (RFC 5280 §5.3.1).", 32)), .required("door", text("")),
      .required("principal", text("Who asked.", 1024)), .optional("grant", text("", 64)),
      .required("fingerprint", text("SHA-256, hexadecimal.", 64)),
      .required("key_origin", .choice(description: "", CertificateRecord.KeyOrigin.allCases.map(\.rawValue))),
      .required("pem", pem),
      .optional(
        "remaining",
        .array(
          of: .named("RemainingCertificate"),
          description: "After a revocation: what else of the device is good, or may renew although it has ended.",
          most: 10_000)),
    ])
}

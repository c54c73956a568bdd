import Issuance
import Registry

extension APISchemas {
  private static let purpose = Schema.choice(
    description: "What it may issue for.", AuthorityTerms.purposes.map(\.rawValue))
  private static let algorithm = Schema.choice(description: "", AuthorityTerms.algorithms.map(\.rawValue))
  private static let name = text("1 to 31 lower-case letters, digits and inner hyphens.", 31)

  static let addedAuthoritySchemas: [(String, Schema)] = [
    (
      "NewAuthority",
      .object(
        "An issuing authority beside those that there are.",
        [
          .required("name", name), .optional("purpose", purpose), .optional("algorithm", algorithm),
          .optional("keys", text("The URI of one of this server's tokens.", 1024)),
          .optional("common_name", text("", 64)), .optional("lifetime", span),
        ])
    ),
    (
      "AuthorityRequest",
      .object(
        "What somebody else's authority is asked to certify.",
        [
          .required("id", text("That the authority will have.", 40)), .required("name", name),
          .required("purpose", purpose), .required("subject", text("RFC 4514.", 4096)),
          .required("key_algorithm", text("", 32)), .optional("replaces", text("", 40)),
          .required("created_at", time("")), .required("created_by", text("")), .optional("installed_at", time("")),
          .required("request", text("PKCS#10, PEM.", 64 * 1024)),
        ])
    ),
    (
      "ForeignCertificate",
      .object(
        "What somebody else's authority issued.",
        [
          .required("certificate", pem),
          .required("chain", text("PEM: what stands between it and the root, and the root.", 256 * 1024)),
        ])
    ),
  ]
}

import Appraisal
import Registry

extension APISchemas {
  private static func octets(_ description: String, _ longest: Int = 16_384) -> Schema {
    .string(description: description + " base64.", longest: longest)
  }

  private static let banks = Schema.object(
    "Registers by bank: a key for each register, its value in hexadecimal.",
    ["sha256", "sha384", "sha512"].map { .optional($0, .texts(description: "0 to 23.")) })
  private static let eventLog = octets("A measured-boot log,", (Evidence.largestLog + 2) / 3 * 4)
  private static let status = Schema.choice(
    description: "What it came to.", AttestationRecord.Status.allCases.map(\.rawValue))
  private static let reasons = Schema.array(of: text("", 1024), description: "Empty when trusted.", most: 64)
  private static let version = text("1 to 64 characters of printable ASCII.", 64)
  private static let product = text("Absent or empty for devices that belong to none.", 128)
  private static let token = text("An EAT (RFC 9711) as a JWT.", 65_536)
  private static let merge = Schema.boolean(description: "Adds to what is there.")

  static let attestationSchemas: [(String, Schema)] = [
    ("AttestationNonce", nonce), ("Evidence", evidence), ("AttestationAnswer", answer), ("Attestation", attestation),
    ("AttestationEvidence", evidenceItem), ("AttestationDetail", detail), ("AttestationLimit", limit),
    ("AttestationLimitChange", .object("A new share.", [.required("percent", percent)])), ("Baseline", baseline),
    ("NewBaseline", newBaseline), ("BaselineLearning", learning), ("KeySet", keySet),
  ]

  private static let nonce = Schema.object(
    "What a device's TPM has to quote, once and soon.",
    [
      .required("nonce", octets("Qualifying data for TPM2_Quote,")), .required("expires_at", time("")),
      .required("bank", text("For example sha256.", 16)),
      .required(
        "pcrs", .array(of: .integer(description: "", 0...23), description: "Registers to cover.", most: 24)),
      .required("event_log", .choice(description: "", ["wanted", "optional"])), .optional("every", span),
    ])

  private static let evidence = Schema.object(
    "What a running device shows of itself.",
    [
      .required("nonce", octets("As it was given,")), .required("attest", octets("TPMS_ATTEST of TPM2_Quote,")),
      .required("signature", octets("TPMT_SIGNATURE,")), .required("pcrs", banks), .optional("event_log", eventLog),
      .optional("firmware_version", version),
    ])

  private static let answer = Schema.object(
    "What a device's evidence came to.",
    [
      .required("id", text("", 40)), .required("status", status), .required("reasons", reasons),
      .optional("firmware_version", version), .required("appraised_at", time("")),
      .required("expires_at", time("Of the token.")), .optional("next_due", time("")),
      .required("suspended", .boolean(description: "Whether the policy has suspended the device by this.")),
      .required("token", token),
    ])

  private static let attestation = Schema.object(
    "What a device's last attestation came to.",
    [
      .required("serial", text("", 64)), .required("manufacturer", text("", 64)), .required("state", text("", 16)),
      .required("attestation", text("Its identifier.", 40)), .required("status", status),
      .required("reasons", reasons), .optional("firmware_version", version), .required("appraised_at", time("")),
      .optional("due_at", time("")), .required("overdue", .boolean(description: "Whether that has passed.")),
    ])

  private static let evidenceItem = Schema.object(
    "One attestation with its evidence.",
    [
      .required("id", text("", 40)), .required("status", status), .required("reasons", reasons),
      .optional("firmware_version", version), .required("appraised_at", time("")),
      .required(
        "consequence",
        .choice(description: "What followed.", AttestationRecord.Consequence.allCases.map(\.rawValue))),
      .required("attestation_key", octets("TPMT_PUBLIC,")), .required("nonce", octets("")),
      .required("attest", octets("TPMS_ATTEST,")), .required("signature", octets("TPMT_SIGNATURE,")),
      .required("pcrs", banks), .optional("event_log_sha256", text("", 64)), .optional("event_log", eventLog),
      .required("token", token),
    ])

  private static let detail = Schema.object(
    "How a device stands by what it attested.",
    [
      .optional("standing", .named("Attestation")), .optional("tpm", text("SHA-256 of its endorsement key.", 64)),
      .required(
        "history", .array(of: .named("AttestationEvidence"), description: "Newest first, without logs.", most: 1000)),
    ])

  private static let percent = Schema.integer(description: "Of the fleet, in an hour.", 0...100)
  private static let limit = Schema.object(
    "How much of a fleet a policy may suspend.",
    [
      .required("percent", percent), .optional("stopped_at", time("Since when it asks instead.")),
      .optional("opened_at", time("When an operator last let it go on.")),
    ])

  private static let baseline = Schema.object(
    "What a product's devices should attest.",
    [
      .required("product", product), .required("firmware_version", version), .required("pcrs", banks),
      .required("events", banks), .optional("learned_from", text("A device's identifier.", 40)),
      .required("changed_at", time("")), .required("changed_by", text("")),
    ])

  private static let newBaseline = Schema.object(
    "Reference values; several of one register are separated by spaces.",
    [
      .optional("product", product), .required("firmware_version", version), .required("pcrs", banks),
      .optional("events", banks), .optional("merge", merge),
    ])

  private static let learning = Schema.object(
    "Whose last evidence is taken.",
    [
      .required("serial", text("", 64)), .optional("manufacturer", text("", 64)),
      .optional("firmware_version", version), .optional("merge", merge),
    ])

  private static let keySet = Schema.object(
    "A JWK set.",
    [
      .required(
        "keys",
        .array(
          of: .texts(description: "A JWK (RFC 7517) of an elliptic curve."), description: "Of this installation.",
          most: 8))
    ])
}

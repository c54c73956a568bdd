import Registry

extension APISchemas {
  static let requestSchemas: [(String, Schema)] = [
    (
      "PendingRequest",
      .object(
        "A request for a certificate on which an operator decides.",
        [
          .required("id", text("", 64)),
          .required(
            "state", .choice(description: "How it stands.", PendingRequestRecord.State.allCases.map(\.rawValue))),
          .required("profile", text("", 64)), .required("door", text("The protocol, for example est.", 16)),
          .required("principal", text("Who asks, as the log names them.")),
          .required("serial", text("The device's; empty where the profile keeps no device.")),
          .required("subject", text("As it would stand in the certificate.", 4096)),
          .required("key_sha256", text("SHA-256 of the SubjectPublicKeyInfo, hexadecimal.", 64)),
          .required("digest", text("What an approval is bound to, hexadecimal.", 64)),
          .required("request_sha256", text("SHA-256 of the request as it arrived, hexadecimal.", 64)),
          .required("address", text("Where it came from.")), .required("created_at", time("")),
          .required("expires", time("Until when it waits, or its decision stands.")),
          .optional("decided_at", time("")), .optional("decided_by", text("Who decided.")),
          .optional("reason", text("Why, as the operator said it.")),
          .optional("serial_number", text("Of the certificate that was made, hexadecimal.", 40)),
          .optional("request", pem),
        ])
    )
  ]
}

extension APISchemas {
  private static func octets(_ description: String) -> Schema {
    .string(description: description + " base64.", longest: 16_384)
  }

  static let tpmSchemas: [(String, Schema)] = [
    (
      "TPMIntroduction",
      .object(
        "A TPM, and the attestation key that is to be bound to it.",
        [
          .required("endorsement_certificate", octets("DER,")),
          .optional("chain", .array(of: octets("DER,"), description: "Authorities up to the trusted one.", most: 6)),
          .required("endorsement_key", octets("TPM2B_PUBLIC or TPMT_PUBLIC,")),
          .required("attestation_key", octets("TPM2B_PUBLIC or TPMT_PUBLIC,")),
        ])
    ),
    (
      "TPMChallenge",
      .object(
        "What only that TPM can answer, once.",
        [
          .required("challenge", text("Its identifier, hexadecimal.", 128)),
          .required("credential", octets("TPM2B_ID_OBJECT,")),
          .required("encrypted_secret", octets("TPM2B_ENCRYPTED_SECRET,")),
          .required("nonce", octets("Qualifying data for TPM2_Certify,")), .required("expires_at", time("")),
        ])
    ),
    (
      "TPMAnswer",
      .object(
        "The answer to a challenge, and the request that it is for.",
        [
          .required("challenge", text("", 128)), .required("secret", octets("As TPM2_ActivateCredential gave it,")),
          .required("key", octets("TPM2B_PUBLIC or TPMT_PUBLIC of the request's key,")),
          .required("attest", octets("TPMS_ATTEST of TPM2_Certify,")),
          .required("signature", octets("TPMT_SIGNATURE,")), .required("csr", pem),
        ])
    ),
  ]
}

/// Why octets are not the TPM structure that was expected.
public enum TPMStructureError: Error, Hashable, Sendable {
  case truncated
  case trailing
  /// A size or a count over what the structure can have.
  case tooLong
  /// Not `TPM_GENERATED_VALUE` (Part 2 §6.2): no TPM made this.
  case notGenerated
  /// An attestation of another type, by its `TPMI_ST_ATTEST`.
  case unexpectedType(UInt16)
  /// An algorithm, curve or scheme that is not used here, by its TPM_ALG_ID or TPM_ECC_CURVE.
  case unsupported(UInt16)
  /// A value that its field cannot have: reserved attribute bits, a TPMI_YES_NO of 2.
  case badValue
}

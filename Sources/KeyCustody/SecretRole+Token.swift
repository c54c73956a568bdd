extension SecretRole {
  /// A token's PIN, where its URI names no file for it.
  public static let token = SecretRole(
    variable: "TOUCHMARK_PIN_FILE", credential: "touchmark-pin", machineFile: "", noun: "the token's PIN")
  /// The PIN of the token that holds a root.
  public static let rootToken = SecretRole(
    variable: "TOUCHMARK_ROOT_PIN_FILE", credential: "touchmark-root-pin", machineFile: "",
    noun: "the root token's PIN")
}

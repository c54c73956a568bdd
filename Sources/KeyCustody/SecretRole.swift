/// Which store a secret opens. Each has sources of its own, so that what opens the online keys never opens a root.
public struct SecretRole: Sendable, Hashable {
  /// The environment variable that names a file with the passphrase.
  public let variable: String
  /// The credential's file name under `$CREDENTIALS_DIRECTORY` (systemd.exec(5), `LoadCredential=`).
  public let credential: String
  /// The machine-local secret's file name.
  public let machineFile: String
  /// For prompts: `the online keys`.
  public let noun: String

  public init(variable: String, credential: String, machineFile: String, noun: String) {
    (self.variable, self.credential, self.machineFile, self.noun) = (variable, credential, machineFile, noun)
  }

  /// The keys that a serving process uses.
  public static let online = SecretRole(
    variable: "TOUCHMARK_PASSPHRASE_FILE", credential: "touchmark-passphrase", machineFile: "machine-secret",
    noun: "the online keys")
  public static let root = SecretRole(
    variable: "TOUCHMARK_ROOT_PASSPHRASE_FILE", credential: "touchmark-root-passphrase",
    machineFile: "root-machine-secret", noun: "the root key")
  /// A root that was exported into one file.
  public static let exported = SecretRole(
    variable: "TOUCHMARK_EXPORT_PASSPHRASE_FILE", credential: "touchmark-export-passphrase",
    machineFile: "", noun: "the exported root")
  public static let successor = SecretRole(
    variable: "TOUCHMARK_SUCCESSOR_PASSPHRASE_FILE", credential: "touchmark-successor-passphrase",
    machineFile: "successor-machine-secret", noun: "the successor root's key")
}

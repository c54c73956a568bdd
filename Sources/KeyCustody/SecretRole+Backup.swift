extension SecretRole {
  /// What a backup is sealed under: a passphrase of its own, and never a machine's secret.
  public static let backup = SecretRole(
    variable: "TOUCHMARK_BACKUP_PASSPHRASE_FILE", credential: "touchmark-backup-passphrase", machineFile: "",
    noun: "the backup")
}

extension Migrations {
  /// Which devices have a revoked certificate. Every renewal asks; what is in good standing costs no entry.
  static let migration0014 = """
    CREATE INDEX certificates_device_revoked ON certificates (device)
      WHERE device IS NOT NULL AND status = 'revoked';
    """
}

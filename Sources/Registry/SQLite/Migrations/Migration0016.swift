extension Migrations {
  /// Grants that one station alone may use.
  static let migration0016 = """
    ALTER TABLE grants ADD COLUMN station TEXT;
    """
}

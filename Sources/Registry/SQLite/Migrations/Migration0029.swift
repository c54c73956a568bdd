extension Migrations {
  /// A device's story tells what was done to its certificates among many.
  static let migration0029 = """
    CREATE INDEX bulk_members_certificate ON bulk_members (organization, authority, serial) WHERE authority IS NOT NULL;
    """
}

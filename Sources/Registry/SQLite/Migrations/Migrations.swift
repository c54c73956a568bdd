import GRDB

/// The schema's history: numbered, only ever added to, never edited once released.
enum Migrations {
  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("0001") { try $0.execute(sql: migration0001) }
    migrator.registerMigration("0002") { try $0.execute(sql: migration0002) }
    migrator.registerMigration("0003") { try $0.execute(sql: migration0003) }
    migrator.registerMigration("0004") { try $0.execute(sql: migration0004) }
    migrator.registerMigration("0005") { try $0.execute(sql: migration0005) }
    migrator.registerMigration("0006") { try $0.execute(sql: migration0006) }
    migrator.registerMigration("0007") {
      try $0.execute(sql: migration0007)
      try fillTiles($0)
    }
    migrator.registerMigration("0009") { try $0.execute(sql: migration0009) }
    migrator.registerMigration("0012") { try $0.execute(sql: migration0012) }
    migrator.registerMigration("0013") { try $0.execute(sql: migration0013) }
    migrator.registerMigration("0014") { try $0.execute(sql: migration0014) }
    migrator.registerMigration("0016") { try $0.execute(sql: migration0016) }
    migrator.registerMigration("0017") { try $0.execute(sql: migration0017) }
    migrator.registerMigration("0021") { try $0.execute(sql: migration0021) }
    migrator.registerMigration("0022") { try $0.execute(sql: migration0022) }
    migrator.registerMigration("0024") { try $0.execute(sql: migration0024) }
    migrator.registerMigration("0029") { try $0.execute(sql: migration0029) }
    return migrator
  }

  static func migrate(_ pool: DatabasePool) throws {
    try pool.read { try refuseNewer($0) }
    try migrator.migrate(pool)
  }

  /// For a file that must not be written.
  static func requireCurrent(_ database: Database) throws {
    try refuseNewer(database)
    guard try migrator.hasCompletedMigrations(database) else {
      throw StoreError.unavailable(reason: "the database is of an older version; open it once with this program")
    }
  }

  private static func refuseNewer(_ database: Database) throws {
    if try migrator.hasBeenSuperseded(database) {
      throw StoreError.unavailable(reason: "the database was written by a newer version of this program")
    }
  }
}

import Registry
import Testing
import WireFormats

/// What backups and restores leave in a store.
@Suite struct RecoveryConformance {
  private static func backup(_ day: Int64, in hash: String = "one") -> BackupRecord {
    BackupRecord(at: Sample.start + .days(day), size: 1_000 + day, digest: Sample.hash(hash), logSize: UInt64(day))
  }

  private static func epoch(_ number: Int, entriesLost: UInt64? = nil) -> AuditEpochRecord {
    AuditEpochRecord(
      epoch: number, beginsAt: UInt64(number) * 10, statement: "epoch \(number)\n", signature: [UInt8(number)],
      authority: Sample.authority, openedAt: Sample.start + .days(Int64(number)), restoredFrom: Sample.start,
      recoveryUntil: Sample.start + .days(30), entriesLost: entriesLost)
  }

  @Test(arguments: StoreKind.allCases)
  func `The last backup is the one of the latest state, whenever it was recorded`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      #expect(try await store.read { try $0.latestBackup(in: Sample.acme) } == nil)
      try await store.write { writer in
        try writer.insert(Self.backup(3), in: Sample.acme)
        try writer.insert(Self.backup(2), in: Sample.acme)
        try writer.insert(Self.backup(9), in: Sample.other)
      }
      #expect(try await store.read { try $0.latestBackup(in: Sample.acme) } == Self.backup(3))
      // Two within one second: the second stands for both.
      try await store.write { try $0.insert(Self.backup(3, in: "another"), in: Sample.acme) }
      #expect(try await store.read { try $0.latestBackup(in: Sample.acme) } == Self.backup(3, in: "another"))
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Epochs are an organization's own, in their order, each there once`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      #expect(try await store.read { try $0.currentAuditEpoch(in: Sample.acme) } == nil)
      try await store.write { writer in
        try writer.insert(Self.epoch(3, entriesLost: 7), in: Sample.acme)
        try writer.insert(Self.epoch(2), in: Sample.acme)
        try writer.insert(Self.epoch(5), in: Sample.other)
      }
      let known = try await store.read { try $0.auditEpochs(in: Sample.acme) }
      #expect(known == [Self.epoch(2), Self.epoch(3, entriesLost: 7)])
      #expect(try await store.read { try $0.currentAuditEpoch(in: Sample.acme) } == known.last)
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.insert(Self.epoch(3), in: Sample.acme) }
      }
      #expect(try await store.read { try $0.auditEpochs(in: Sample.acme) } == known)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `What a list said of a certificate that is not here is kept, and is a change`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let held = RevokedCertificate(serial: Sample.serial(1), revokedAt: Sample.start, reason: .certificateHold)
      let revoked = RevokedCertificate(
        serial: Sample.serial(1), revokedAt: Sample.start + .days(1), reason: .keyCompromise)
      try await store.write { writer in
        try writer.insertRecoveredRevocation(held, authority: Sample.authority, in: Sample.acme)
        try writer.insertRecoveredRevocation(revoked, authority: Sample.authority, in: Sample.acme)
      }
      let another = Sample.id("idevid-1", AuthorityID.init(rawValue:))
      let found = try await store.read { reader in
        [
          try reader.recoveredRevocation(ofSerial: Sample.serial(1), authority: Sample.authority, in: Sample.acme),
          try reader.recoveredRevocation(ofSerial: Sample.serial(2), authority: Sample.authority, in: Sample.acme),
          try reader.recoveredRevocation(ofSerial: Sample.serial(1), authority: another, in: Sample.acme),
          try reader.recoveredRevocation(ofSerial: Sample.serial(1), authority: Sample.authority, in: Sample.other),
        ]
      }
      #expect(found == [revoked, nil, nil, nil])
      // It stays on every list from then on, beside what the store holds.
      let listed = try await store.read {
        try $0.revokedCertificates(by: Sample.authority, notExpiredAt: Sample.start, in: Sample.acme)
      }
      #expect(listed == [revoked])
      let changes = try await store.read { try $0.standingChanges(after: 0, limit: 10, in: Sample.acme) }
      #expect(changes.map(\.subject) == Array(repeating: .certificate(Sample.authority, Sample.serial(1)), count: 2))
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Certificates that came back are counted by their door`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        for number in 1...3 {
          var certificate = Sample.certificate(number)
          if number > 1 { certificate.door = "recovery" }
          try writer.insert(certificate)
        }
      }
      #expect(try await store.read { try $0.countRecoveredCertificates(in: Sample.acme) } == 2)
      #expect(try await store.read { try $0.countRecoveredCertificates(in: Sample.other) } == 0)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `A closed grant opens once, and counts what is lost up to its uses`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let later = Sample.start + .hours(1)
      let ended = Sample.id("ended", GrantName.init(rawValue:))
      try await store.write { writer in
        try writer.insert(Sample.grant(uses: 10))
        var past = Sample.grant(ended, uses: 10)
        past.expiresAt = Sample.start
        try writer.insert(past)
        try writer.insert(Sample.grant(in: Sample.other, uses: 10))
      }
      #expect(try await store.write { try $0.closeGrants(at: later, in: Sample.acme) } == 1)
      #expect(try await store.write { try $0.closeGrants(at: later, in: Sample.acme) } == 0)
      let closed = try await store.read { try $0.grant(Sample.grantName, in: Sample.acme) }
      #expect(closed?.closedAt == later)
      #expect(try await store.read { try $0.grant(Sample.grantName, in: Sample.other) }?.closedAt == nil)
      try await store.write { try $0.reopenGrant(Sample.grantName, countingLost: 99, in: Sample.acme) }
      let opened = try await store.read { try $0.grant(Sample.grantName, in: Sample.acme) }
      #expect(opened?.closedAt == nil && opened?.issued == 10)
      await #expect(throws: StoreError.conflict("the grant is not closed")) {
        try await store.write { try $0.reopenGrant(Sample.grantName, countingLost: 0, in: Sample.acme) }
      }
      await #expect(throws: StoreError.missing("grant")) {
        try await store.write {
          try $0.reopenGrant(Sample.id("none", GrantName.init(rawValue:)), countingLost: 0, in: Sample.acme)
        }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `All unused secrets are void at once, and another organization's stay`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        for number in 1...3 {
          try writer.insert(Sample.device(number))
          try writer.insert(Sample.secret("s\(number)", of: Sample.deviceID(number)), in: Sample.acme)
        }
        try writer.insert(Sample.device(4, in: Sample.other))
        try writer.insert(Sample.secret("s4", of: Sample.deviceID(4)), in: Sample.other)
      }
      let later = Sample.start + .hours(1)
      let voided = try await store.write { try $0.voidEnrollmentSecrets(of: nil, at: later, in: Sample.acme) }
      let again = try await store.write { try $0.voidEnrollmentSecrets(of: nil, at: later, in: Sample.acme) }
      #expect(voided == 3 && again == 0)
      let stays = try await store.read {
        try $0.enrollmentSecret(of: Sample.deviceID(4), hash: Sample.hash("s4"), in: Sample.other)
      }
      #expect(stays != nil && stays?.voidedAt == nil)
    }
  }
}

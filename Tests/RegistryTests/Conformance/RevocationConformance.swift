import Credentials
import Registry
import Testing
import WireFormats

@Suite struct RevocationConformance {
  @Test(arguments: StoreKind.allCases)
  func `A CRL's content is what is held or revoked and not expired`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        for number in [4, 3, 2, 1] {
          var certificate = Sample.certificate(number, notAfter: Sample.start + .days(number == 2 ? 1 : 9))
          certificate.status = number == 1 ? .good : number == 4 ? .held : .revoked
          certificate.revokedAt = number == 1 ? nil : Sample.start + .seconds(Int64(number))
          certificate.reason = number == 4 ? .certificateHold : nil
          try writer.insert(certificate)
        }
      }
      let revoked = try await store.read {
        try $0.revokedCertificates(by: Sample.authority, notExpiredAt: Sample.start + .days(2), in: Sample.acme)
      }
      #expect(
        revoked == [
          RevokedCertificate(serial: Sample.serial(3), revokedAt: Sample.start + .seconds(3), reason: nil),
          RevokedCertificate(
            serial: Sample.serial(4), revokedAt: Sample.start + .seconds(4), reason: .certificateHold),
        ])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `CRL numbers only grow`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { try $0.insert(Sample.authority()) }
      let numbers = try await store.write { writer in
        var numbers = [try writer.takeCRLNumber(of: Sample.authority, in: Sample.acme)]
        numbers.append(try writer.takeCRLNumber(of: Sample.authority, in: Sample.acme))
        try writer.raiseCRLNumber(of: Sample.authority, to: 40, in: Sample.acme)
        try writer.raiseCRLNumber(of: Sample.authority, to: 7, in: Sample.acme)
        numbers.append(try writer.takeCRLNumber(of: Sample.authority, in: Sample.acme))
        return numbers
      }
      #expect(numbers == [1, 2, 41])
      try await store.write { try $0.store(Sample.list(number: 2), in: Sample.acme) }
      for number: Int64 in [1, 2, 42] {
        await #expect(throws: StoreError.conflict("CRL number \(number)")) {
          try await store.write { try $0.store(Sample.list(number: number), in: Sample.acme) }
        }
      }
      try await store.write { try $0.store(Sample.list(number: 41), in: Sample.acme) }
      let stored = try await store.read { try $0.revocationList(of: Sample.authority, in: Sample.acme) }
      #expect(stored == Sample.list(number: 41))
      await #expect(throws: StoreError.missing("authority")) {
        try await store.write { _ = try $0.takeCRLNumber(of: Sample.authority, in: Sample.other) }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Each change of standing is numbered, and nothing else is`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let device = Sample.device(1)
      try await store.write { writer in
        try writer.insert(Sample.authority())
        try writer.insert(device)
        try writer.insert(Sample.certificate(1, device: device.id))
        try writer.insert(Sample.grant(uses: 1))
      }
      let before = try await store.read { try $0.latestStandingChange(in: Sample.acme) }
      try await store.write { writer in
        var changed = device
        changed.product = "pump"
        try writer.update(changed)
        try writer.recordContact(
          of: device.id, at: Sample.start, door: "est", renewalDueAt: nil, expiresAt: nil, in: Sample.acme)
        changed.state = .suspended
        try writer.update(changed)
        try writer.setStatus(
          .held, revokedAt: Sample.start, reason: .certificateHold, ofSerial: Sample.serial(1),
          authority: Sample.authority, in: Sample.acme)
        try writer.setState(.retired, ofAuthority: Sample.authority, in: Sample.acme)
        try writer.insert(Sample.profileRecord(version: 1), in: Sample.acme)
        try writer.insert(Sample.administrator("ann"))
        try writer.insert(Sample.anchor("widgets"), in: Sample.acme)
        try writer.revokeGrant(Sample.grantName, at: Sample.start, in: Sample.acme)
        _ = try writer.takeCRLNumber(of: Sample.authority, in: Sample.acme)
        try writer.store(Sample.list(number: 1), in: Sample.acme)
      }
      let changes = try await store.read { try $0.standingChanges(after: before, limit: 100, in: Sample.acme) }
      #expect(
        changes.map(\.subject) == [
          .device(device.id), .certificate(Sample.authority, Sample.serial(1)), .authority(Sample.authority),
          .profile(Sample.profile), .administrators, .trustAnchors, .grant(Sample.grantName),
          .revocationList(Sample.authority),
        ])
      #expect(changes.map(\.sequence) == changes.map(\.sequence).sorted())
      let rest = try await store.read {
        try $0.standingChanges(after: changes[3].sequence, limit: 2, in: Sample.acme)
      }
      #expect(rest == Array(changes[4...5]))
      #expect(try await store.read { try $0.latestStandingChange(in: Sample.acme) } == changes.last?.sequence)
      #expect(try await store.read { try $0.latestStandingChange(in: Sample.other) } == 0)
    }
  }
}

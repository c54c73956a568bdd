import Credentials
import Registry
import Testing
import WireFormats

@Suite struct CertificateConformance {
  @Test(arguments: StoreKind.allCases)
  func `Every field comes back, by every way to ask`(_ kind: StoreKind) async throws {
    var certificate = Sample.certificate(7, device: Sample.deviceID(1))
    certificate.grant = Sample.grantName
    certificate.parentFingerprint = Sample.hash("parent")
    certificate.keyOrigin = .attested
    certificate.status = .revoked
    certificate.revokedAt = Sample.start
    certificate.reason = .keyCompromise
    try await kind.withStore { [certificate] store in
      try await store.write { writer in
        try writer.insert(Sample.authority())
        try writer.insert(certificate)
      }
      let found = try await store.read { reader in
        [
          try reader.certificate(fingerprint: certificate.fingerprint, in: Sample.acme),
          try reader.certificate(authority: Sample.authority, serial: certificate.serial, in: Sample.acme),
          try reader.certificates(serial: certificate.serial, in: Sample.acme).first,
          try reader.certificates(keyHash: certificate.keyHash, in: Sample.acme).first,
          try reader.certificates(of: Sample.deviceID(1), notExpiredAt: nil, in: Sample.acme).first,
          try reader.certificates(
            renewedFrom: Sample.hash("parent"), of: Sample.deviceID(1), in: Sample.acme
          ).first,
        ]
      }
      for record in found { #expect(record == certificate) }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Serials of other lengths and with a high first bit come back`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      for hex in ["01", "ff", "80000000000000000000", "7fffffffffffffffffffffffffffffffffffffff"] {
        var certificate = Sample.certificate(1)
        certificate.serial = try #require(SerialNumber(hex: hex))
        certificate.fingerprint = Sample.hash(hex)
        try await store.write { [certificate] in try $0.insert(certificate) }
        let found = try await store.read { [certificate] in
          try $0.certificate(authority: Sample.authority, serial: certificate.serial, in: Sample.acme)
        }
        #expect(found?.serial == certificate.serial)
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `A serial is unique per authority`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { try $0.insert(Sample.certificate(1)) }
      var same = Sample.certificate(1)
      same.fingerprint = Sample.hash("another")
      await #expect(throws: StoreError.self) { try await store.write { [same] in try $0.insert(same) } }
      same.authority = Sample.id("operational-2", AuthorityID.init(rawValue:))
      try await store.write { [same] in try $0.insert(same) }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Of a device, expired ones can be left out`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let device = Sample.deviceID(1)
      try await store.write { writer in
        for number in 1...4 {
          try writer.insert(
            Sample.certificate(number, device: device, notAfter: Sample.start + .days(Int64(number))))
        }
      }
      let current = try await store.read {
        try $0.certificates(of: device, notExpiredAt: Sample.start + .days(3), in: Sample.acme)
      }
      #expect(current.map(\.serial) == [Sample.serial(3), Sample.serial(4)])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `A hold can be lifted, a revocation cannot`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { try $0.insert(Sample.certificate(1)) }
      func set(_ status: CertificateRecord.Status, _ reason: RevocationReason?) async throws {
        try await store.write {
          try $0.setStatus(
            status, revokedAt: status == .good ? nil : Sample.start, reason: reason, ofSerial: Sample.serial(1),
            authority: Sample.authority, in: Sample.acme)
        }
      }
      try await set(.held, .certificateHold)
      try await set(.good, nil)
      let lifted = try await store.read { try $0.certificates(keyHash: Sample.hash("key 1"), in: Sample.acme) }
      #expect(lifted == [Sample.certificate(1)])
      try await set(.revoked, .superseded)
      try await set(.revoked, .keyCompromise)
      await #expect(throws: StoreError.conflict("the certificate is revoked")) { try await set(.good, nil) }
      await #expect(throws: StoreError.conflict("the certificate is revoked")) {
        try await set(.held, .certificateHold)
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Filters combine`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        for number in 0..<6 {
          // Later ones expire earlier, so that the two orders differ.
          var certificate = Sample.certificate(number, notAfter: Sample.start + .days(Int64(10 - number)))
          certificate.device = number < 2 ? Sample.deviceID(1) : nil
          certificate.status = number == 3 ? .held : number == 4 ? .revoked : .good
          certificate.revokedAt = number == 3 || number == 4 ? Sample.start : nil
          certificate.grant = number == 5 ? Sample.grantName : nil
          try writer.insert(certificate)
        }
      }
      let day8 = Sample.start + .days(8)
      let expected: [(CertificateFilter, [Int])] = [
        (CertificateFilter(), [0, 1, 2, 3, 4, 5]), (CertificateFilter(device: Sample.deviceID(1)), [0, 1]),
        (CertificateFilter(status: .held), [3]), (CertificateFilter(status: .revoked), [4]),
        (CertificateFilter(status: .good), [0, 1, 2, 5]), (CertificateFilter(grant: Sample.grantName), [5]),
        (CertificateFilter(expiringBefore: day8), [5, 4, 3]), (CertificateFilter(expiringFrom: day8), [2, 1, 0]),
        (CertificateFilter(expiringFrom: Sample.start + .days(6), expiringBefore: day8), [4, 3]),
        (CertificateFilter(authority: Sample.authority, profile: Sample.profile, status: .held), [3]),
        (CertificateFilter(authority: Sample.id("x", AuthorityID.init(rawValue:))), []),
      ]
      for (filter, wanted) in expected {
        #expect(try await everyPage(filter, of: 2, store) == wanted.map(Sample.serial))
        #expect(try await store.read { try $0.countCertificates(matching: filter, in: Sample.acme) } == wanted.count)
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `A device says whether one of its certificates is revoked`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      func isKnown(_ number: Int, in organization: OrganizationID = Sample.acme) async throws -> Bool {
        try await store.read { try $0.hasRevokedCertificates(Sample.deviceID(number), in: organization) }
      }
      for (number, status) in [(1, CertificateRecord.Status.good), (2, .held), (3, .revoked)] {
        var certificate = Sample.certificate(number, device: Sample.deviceID(number))
        certificate.status = status
        certificate.revokedAt = status == .good ? nil : Sample.start
        try await store.write { [certificate] in try $0.insert(certificate) }
      }
      #expect(try await [isKnown(1), isKnown(2), isKnown(3)] == [false, false, true])
      #expect(try await !isKnown(3, in: Sample.other))
      try await store.write {
        try $0.setStatus(
          .revoked, revokedAt: Sample.start, reason: nil, ofSerial: Sample.certificate(1).serial,
          authority: Sample.authority,
          in: Sample.acme)
      }
      #expect(try await isKnown(1))
    }
  }

  private func everyPage(
    _ filter: CertificateFilter, of limit: Int, _ store: any Store
  ) async throws -> [SerialNumber] {
    var (serials, cursor): ([SerialNumber], Cursor?) = ([], nil)
    for _ in 0..<100 {
      let page = try await store.read { [cursor] in
        try $0.certificates(matching: filter, after: cursor, limit: limit, in: Sample.acme)
      }
      #expect(page.items.count <= limit)
      serials += page.items.map(\.serial)
      cursor = page.next
      if cursor == nil { break }
    }
    return serials
  }
}

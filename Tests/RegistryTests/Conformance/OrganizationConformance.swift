import Registry
import Testing
import WireFormats

/// TRUST.md, "Subjects and records": another organization's object answers as if it did not exist.
@Suite struct OrganizationConformance {
  @Test(arguments: StoreKind.allCases)
  func `Every reading method is scoped`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { try fill($0) }
      let own = try await store.read { try answers($0, in: Sample.acme) }
      let foreign = try await store.read { try answers($0, in: Sample.other) }
      for (name, found) in own { #expect(found, "\(name) does not find its own") }
      for (name, found) in foreign { #expect(!found, "\(name) shows another organization's") }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Every writing method is scoped`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { try fill($0) }
      let before = try await store.read { try snapshot($0) }
      for (name, write) in foreignWrites {
        await #expect(throws: StoreError.self, "\(name) changes another organization's") {
          try await store.write { try write($0) }
        }
      }
      let voided = try await store.write {
        try $0.voidEnrollmentSecrets(of: Sample.deviceID(1), at: Sample.start, in: Sample.other)
          + $0.voidEnrollmentSecrets(of: nil, at: Sample.start, in: Sample.other)
          + $0.deleteIdempotencyRecords(expiredBefore: .noExpiry, in: Sample.other)
          + $0.deleteProtocolTransactions(expiredBefore: .noExpiry, in: Sample.other)
      }
      #expect(voided == 0)
      #expect(try await store.read { try snapshot($0) } == before)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Two organizations may use the same names`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        for organization in [Sample.acme, Sample.other] {
          try writer.insert(Sample.authority(in: organization))
          try writer.insert(Sample.device(1, in: organization, labels: ["a": "b"]))
          try writer.insert(Sample.secret("s", of: Sample.deviceID(1)), in: organization)
          try writer.insert(Sample.grant(in: organization, uses: 1))
          try writer.insert(Sample.certificate(1, in: organization))
          try writer.insert(Sample.profileRecord(version: 1), in: organization)
          try writer.insert(Sample.administrator("ann", in: organization))
          try writer.insert(Sample.anchor("widgets"), in: organization)
          try writer.insert(Sample.use(1), in: organization)
        }
      }
      for organization in [Sample.acme, Sample.other] {
        let found = try await store.read {
          try $0.devices(matching: DeviceFilter(labels: ["a": "b"]), after: nil, limit: 9, in: organization)
        }
        #expect(found.items == [Sample.device(1, in: organization, labels: ["a": "b"])])
      }
    }
  }

  private func fill(_ writer: any StoreWriter) throws {
    try writer.insert(Sample.organization())
    try writer.insert(Sample.organization(Sample.other))
    try writer.insert(Sample.authority())
    try writer.insert(Sample.device(1))
    try writer.insert(Sample.secret("s", of: Sample.deviceID(1)), in: Sample.acme)
    try writer.insert(Sample.grant(uses: 3))
    try writer.insert(Sample.use(1), in: Sample.acme)
    var certificate = Sample.certificate(1, device: Sample.deviceID(1))
    certificate.parentFingerprint = Sample.hash("parent")
    certificate.status = .held
    certificate.revokedAt = Sample.start
    try writer.insert(certificate)
    _ = try writer.takeCRLNumber(of: Sample.authority, in: Sample.acme)
    try writer.store(Sample.list(number: 1), in: Sample.acme)
    try writer.insert(Sample.profileRecord(version: 1), in: Sample.acme)
    try writer.insert(Sample.administrator("ann"))
    try writer.insert(Sample.anchor("widgets"), in: Sample.acme)
    try writer.pin(Sample.tpm("ek", of: 1), in: Sample.acme)
    try writer.note(Sample.residence("key 1", of: 1), in: Sample.acme)
    try writer.insert(Sample.attestation(1), in: Sample.acme)
    try writer.put(Sample.standing(of: Sample.attestation(1)), in: Sample.acme)
    try writer.put(AttestationLimit(percent: 7), in: Sample.acme)
    try writer.put(Sample.baseline("gw"), in: Sample.acme)
    try writer.insert(Sample.answer(key: "k", expiresAt: Sample.start + .days(1)), now: Sample.start, in: Sample.acme)
    try writer.append(Sample.entry("device.add"), in: Sample.acme)
    try writer.insert(Sample.pending(1))
    try writer.insert(
      Sample.transaction([1], state: [], until: Sample.start + .days(1)), now: Sample.start, in: Sample.acme)
    try writer.store(
      StoredCheckpoint(size: 0, root: Sample.hash(""), note: "n", at: Sample.start), in: Sample.acme)
  }

  /// Every method of `StoreReader` but the two on organizations: does it find anything?
  private func answers(_ reader: any StoreReader, in organization: OrganizationID) throws -> [(String, Bool)] {
    let (device, certificate) = (Sample.device(1), Sample.certificate(1))
    return try [
      ("authority", try reader.authority(Sample.authority, in: organization) != nil),
      ("activeAuthorities", try !reader.activeAuthorities(purpose: .operational, in: organization).isEmpty),
      ("authorities", try !reader.authorities(in: organization).isEmpty),
      ("device by id", try reader.device(device.id, in: organization) != nil),
      ("device by serial", try reader.device(serial: device.serial, manufacturer: "", in: organization) != nil),
      ("devices by serial", try !reader.devices(serial: device.serial, in: organization).isEmpty),
      (
        "devices",
        try !reader.devices(matching: DeviceFilter(), after: nil, limit: 9, in: organization).items.isEmpty
      ),
      ("countDevices", try reader.countDevices(matching: DeviceFilter(), in: organization) > 0),
      (
        "enrollmentSecret",
        try reader.enrollmentSecret(of: device.id, hash: Sample.hash("s"), in: organization) != nil
      ),
      ("enrollmentSecret by hash", try reader.enrollmentSecret(hash: Sample.hash("s"), in: organization) != nil),
      ("grant by secret", try reader.grant(secretHash: Sample.hash("grant"), in: organization) != nil),
      ("enrollmentSecrets", try !reader.enrollmentSecrets(of: device.id, in: organization).isEmpty),
      ("grant", try reader.grant(Sample.grantName, in: organization) != nil),
      ("grants", try !reader.grants(matching: nil, after: nil, limit: 9, in: organization).items.isEmpty),
      (
        "grantUse", try reader.grantUse(of: Sample.grantName, keyHash: Sample.hash("key 1"), in: organization) != nil
      ),
      ("by fingerprint", try reader.certificate(fingerprint: certificate.fingerprint, in: organization) != nil),
      (
        "by authority and serial",
        try reader.certificate(authority: Sample.authority, serial: certificate.serial, in: organization) != nil
      ),
      ("by serial", try !reader.certificates(serial: certificate.serial, in: organization).isEmpty),
      ("by key", try !reader.certificates(keyHash: certificate.keyHash, in: organization).isEmpty),
      ("of device", try !reader.certificates(of: device.id, notExpiredAt: nil, in: organization).isEmpty),
      (
        "renewedFrom",
        try !reader.certificates(renewedFrom: Sample.hash("parent"), of: device.id, in: organization).isEmpty
      ),
      (
        "certificates",
        try !reader.certificates(matching: CertificateFilter(), after: nil, limit: 9, in: organization).items.isEmpty
      ),
      ("countCertificates", try reader.countCertificates(matching: CertificateFilter(), in: organization) > 0),
      (
        "revokedCertificates",
        try !reader.revokedCertificates(by: Sample.authority, notExpiredAt: Sample.start, in: organization).isEmpty
      ),
      ("revocationList", try reader.revocationList(of: Sample.authority, in: organization) != nil),
      ("standingChanges", try !reader.standingChanges(after: 0, limit: 9, in: organization).isEmpty),
      ("latestStandingChange", try reader.latestStandingChange(in: organization) > 0),
      ("profile", try reader.profile(Sample.profile, in: organization) != nil),
      ("profile version", try reader.profile(Sample.profile, version: 1, in: organization) != nil),
      ("profiles", try !reader.profiles(in: organization).isEmpty),
      ("profileVersions", try !reader.profileVersions(Sample.profile, in: organization).isEmpty),
      ("administrator", try reader.administrator(fingerprint: Sample.hash("ann"), in: organization) != nil),
      ("administrators", try !reader.administrators(in: organization).isEmpty),
      ("trustAnchor", try reader.trustAnchor("widgets", in: organization) != nil),
      ("trustAnchors", try !reader.trustAnchors(in: organization).isEmpty),
      (
        "idempotencyRecord",
        try reader.idempotencyRecord(
          principal: "administrator:1", key: "k", now: Sample.start, in: organization) != nil
      ),
      ("auditSize", try reader.auditSize(in: organization) > 0),
      ("auditFrontier", try reader.auditFrontier(in: organization).size > 0),
      ("auditEntries", try !reader.auditEntries(after: nil, limit: 9, subject: nil, in: organization).isEmpty),
      (
        "auditEntries by subject",
        try !reader.auditEntries(after: nil, limit: 9, subject: "device:device-1", in: organization).isEmpty
      ),
      ("auditLeafDigests", try !reader.auditLeafDigests(0..<9, in: organization).isEmpty),
      ("latestCheckpoint", try reader.latestCheckpoint(in: organization) != nil),
      ("checkpoints", try !reader.checkpoints(after: nil, limit: 9, in: organization).isEmpty),
    ] + tpmAnswers(reader, in: organization) + requestAnswers(reader, in: organization)
  }

  private func requestAnswers(_ reader: any StoreReader, in organization: OrganizationID) throws -> [(String, Bool)] {
    [
      ("pendingRequest", try reader.pendingRequest(Sample.pending(1).id, in: organization) != nil),
      ("by digest", try reader.pendingRequest(digest: Sample.pending(1).digest, in: organization) != nil),
      (
        "pendingRequests",
        try !reader.pendingRequests(matching: nil, after: nil, limit: 9, in: organization).items.isEmpty
      ),
      (
        "expired requests",
        try !reader.pendingRequests(expiredAt: .noExpiry, limit: 9, in: organization).isEmpty
      ),
      ("countPendingRequests", try reader.countPendingRequests(of: nil, in: organization) > 0),
      (
        "protocolTransaction",
        try reader.protocolTransaction(door: "scep", identifier: [1], now: Sample.start, in: organization) != nil
      ),
    ]
  }

  private func tpmAnswers(_ reader: any StoreReader, in organization: OrganizationID) throws -> [(String, Bool)] {
    [
      ("deviceTPM", try reader.deviceTPM(endorsementKeyHash: Sample.hash("ek"), in: organization) != nil),
      ("deviceTPM of device", try reader.deviceTPM(of: Sample.deviceID(1), in: organization) != nil),
      ("keyResidence", try reader.keyResidence(keyHash: Sample.hash("key 1"), in: organization) != nil),
      ("attestation", try reader.attestation(Sample.attestation(1).id, in: organization) != nil),
      ("attestations", try !reader.attestations(of: Sample.deviceID(1), limit: 9, in: organization).isEmpty),
      (
        "countAttestations",
        try reader.countAttestations(of: Sample.deviceID(1), since: Instant(seconds: 0), in: organization) > 0
      ),
      ("attestationStanding", try reader.attestationStanding(of: Sample.deviceID(1), in: organization) != nil),
      (
        "attestationStandings",
        try !reader.attestationStandings(
          status: nil, overdueAt: nil, after: nil, limit: 9, in: organization
        ).items.isEmpty
      ),
      (
        "countConsequences",
        try reader.countConsequences(.suspended, since: Instant(seconds: 0), in: organization) > 0
      ),
      ("attestationLimit", try reader.attestationLimit(in: organization) != .default),
      ("baseline", try reader.baseline(product: "gw", firmwareVersion: "1", in: organization) != nil),
      ("baselines", try !reader.baselines(in: organization).isEmpty),
      (
        "countProtocolTransactions",
        try reader.countProtocolTransactions(door: "scep", prefix: [1], now: Sample.start, in: organization) > 0
      ),
    ]
  }

  /// What the first organization has, as far as a write could change it.
  private func snapshot(_ reader: any StoreReader) throws -> [String] {
    let acme = Sample.acme
    return [
      "\(try reader.authorities(in: acme))", "\(String(describing: try reader.device(Sample.deviceID(1), in: acme)))",
      "\(try reader.enrollmentSecrets(of: Sample.deviceID(1), in: acme))",
      "\(String(describing: try reader.grant(Sample.grantName, in: acme)))",
      "\(try reader.certificates(keyHash: Sample.hash("key 1"), in: acme))",
      "\(String(describing: try reader.revocationList(of: Sample.authority, in: acme)))",
      "\(try reader.profiles(in: acme))", "\(try reader.administrators(in: acme))",
      "\(try reader.pendingRequests(matching: nil, after: nil, limit: 9, in: acme))",
      "\(try reader.trustAnchors(in: acme))", "\(try reader.latestStandingChange(in: acme))",
      "\(try reader.auditEntries(after: nil, limit: 9, subject: nil, in: acme))",
    ]
  }

  /// Each aims at the first organization's objects from the second.
  private var foreignWrites: [(String, @Sendable (any StoreWriter) throws -> Void)] {
    let other = Sample.other
    return [
      ("setState", { try $0.setState(.retired, ofAuthority: Sample.authority, in: other) }),
      ("update device", { try $0.update(Sample.device(1, in: other)) }),
      (
        "recordContact",
        {
          try $0.recordContact(
            of: Sample.deviceID(1), at: Sample.start, door: "est", renewalDueAt: nil, expiresAt: nil, in: other)
        }
      ),
      (
        "useEnrollmentSecret",
        {
          try $0.useEnrollmentSecret(
            of: Sample.deviceID(1), hash: Sample.hash("s"), keyHash: Sample.hash("k"), authority: Sample.authority,
            certificate: Sample.serial(1), at: Sample.start, in: other)
        }
      ),
      ("grant use", { try $0.insert(Sample.use(2), in: other) }),
      ("grant count", { try $0.count(.refused, of: Sample.grantName, in: other) }),
      ("revokeGrant", { try $0.revokeGrant(Sample.grantName, at: Sample.start, in: other) }),
      (
        "setStatus",
        {
          try $0.setStatus(
            .revoked, revokedAt: Sample.start, reason: nil, ofSerial: Sample.serial(1), authority: Sample.authority,
            in: other)
        }
      ),
      ("takeCRLNumber", { _ = try $0.takeCRLNumber(of: Sample.authority, in: other) }),
      ("raiseCRLNumber", { try $0.raiseCRLNumber(of: Sample.authority, to: 99, in: other) }),
      ("store list", { try $0.store(Sample.list(number: 1), in: other) }),
      (
        "decidePendingRequest",
        {
          try $0.decidePendingRequest(
            Sample.pending(1).id, as: .approved, by: "x", reason: nil, at: Sample.start, expiresAt: .noExpiry,
            in: other)
        }
      ),
      (
        "issuePendingRequest",
        {
          try $0.issuePendingRequest(
            Sample.pending(1).id, authority: Sample.authority, certificate: Sample.serial(1), at: Sample.start,
            in: other)
        }
      ),
      (
        "replace transaction",
        {
          try $0.replace(
            Sample.transaction([1], state: [1], until: .noExpiry), ifStateIs: [], in: other)
        }
      ),
      ("countIssue", { try $0.countIssue(ofAdministrator: Sample.hash("ann"), in: other) }),
      (
        "removeAdministrator",
        { try $0.removeAdministrator(fingerprint: Sample.hash("ann"), at: Sample.start, in: other) }
      ),
      ("unpinTPM", { try $0.unpinTPM(of: Sample.deviceID(1), in: other) }),
      ("removeBaseline", { try $0.removeBaseline(product: "gw", firmwareVersion: "1", in: other) }),
      ("removeTrustAnchor", { try $0.removeTrustAnchor("widgets", at: Sample.start, in: other) }),
      ("eraseAuditEntry", { try $0.eraseAuditEntry(at: 0, in: other) }),
      (
        "store checkpoint",
        { try $0.store(StoredCheckpoint(size: 1, root: [], note: "", at: Sample.start), in: other) }
      ),
    ]
  }
}

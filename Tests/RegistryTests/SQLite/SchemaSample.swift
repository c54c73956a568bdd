import Registry
import Testing
import WireFormats

/// What a released schema's file holds, beside what `MigrationTests` writes: a row for each table that came after 0001.
enum SchemaSample {
  /// More than a tile of the log.
  static let entries = 300

  private static let request = RootRequestRecord(
    id: Sample.id("ask-1", RootRequestID.init(rawValue:)), organization: Sample.acme, act: "renew-authority",
    note: "text", createdAt: Sample.start, createdBy: "ann", expiresAt: Sample.start + .days(14))
  private static let road = RolloverCertificate(
    organization: Sample.acme, subject: Sample.authority, issuer: Sample.id("root-1", AuthorityID.init(rawValue:)),
    kind: .newWithOld, certificate: [1], notAfter: .noExpiry, createdAt: Sample.start)
  private static let bundle = TrustBundleRecord(
    organization: Sample.acme, number: 7, note: "bundle", expiresAt: .noExpiry, publishedAt: Sample.start,
    publishedBy: "ann")
  private static let document = ApproverDocumentRecord(
    organization: Sample.acme, purpose: "trust-bundle", number: 1, note: "document", addedAt: Sample.start,
    addedBy: "ann")
  private static let key = DeviceKeyRecord(
    device: Sample.deviceID(1), keyHash: Sample.hash("known"), signer: "ab", addedAt: Sample.start, addedBy: "ann")
  private static let condition = StandingCondition(name: "clone", raisedAt: Sample.start, document: [1, 2])
  private static let backup = BackupRecord(
    at: Sample.start, size: 4096, digest: Sample.hash("backup"), logSize: 3)
  private static let epoch = AuditEpochRecord(
    epoch: 2, beginsAt: 3, statement: "statement", signature: [1], authority: Sample.authority,
    openedAt: Sample.start, restoredFrom: Sample.start, recoveryUntil: Sample.start + .days(30), entriesLost: 4)
  private static var station: AdministratorRecord {
    var station = Sample.administrator("line-3", role: .station)
    station.profiles = [Sample.profile]
    return station
  }
  private static var act: BulkActRecord {
    BulkActRecord(
      id: Sample.id("act-1", BulkActID.init(rawValue:)), organization: Sample.acme, act: "suspend",
      selection: "site=north", parameters: ["reason": "recall"], createdAt: Sample.start, actorName: "ann",
      actorRole: .administrator, actorFingerprint: Sample.hash("ann"))
  }

  static func fill(_ writer: any StoreWriter) throws {
    let acme = Sample.acme
    try writer.insert(station)
    try writer.insert(key, in: acme)
    try writer.insert(request)
    try writer.insert(road)
    try writer.insert(bundle)
    try writer.insert(document)
    try writer.raise(condition, in: acme)
    try writer.keepWatchPosition([9], as: "conditions", in: acme)
    try writer.queueNotification(to: "pager", document: [7], at: Sample.start, in: acme)
    try writer.insert(backup, in: acme)
    try writer.insert(epoch, in: acme)
    try writer.insertRecoveredRevocation(
      RevokedCertificate(serial: Sample.serial(8), revokedAt: Sample.start, reason: .superseded),
      authority: Sample.authority, in: acme)
    try writer.insert(act)
    var chosen = act
    (chosen.members, chosen.membersDigest) = try writer.choose(
      devices: DeviceFilter(labels: ["site": "north"]), upTo: 9, for: act.id, in: acme)
    try writer.update(chosen)
    for number in 3..<entries { try writer.append(Sample.entry("a.\(number)"), in: acme) }
  }

  /// Holds what `fill` wrote against what is read.
  static func check(_ reader: any StoreReader) throws {
    let acme = Sample.acme
    #expect(try reader.administrator(fingerprint: station.fingerprint, in: acme) == station)
    #expect(try reader.deviceKeys(of: Sample.deviceID(1), in: acme) == [key])
    #expect(try reader.rootRequests(in: acme) == [request])
    #expect(try reader.rolloverCertificates(in: acme) == [road])
    #expect(try reader.trustBundle(in: acme) == bundle)
    #expect(try reader.approverDocuments(purpose: "trust-bundle", in: acme) == [document])
    #expect(try reader.standingConditions(in: acme) == [condition])
    #expect(try reader.watchPosition("conditions", in: acme) == [9])
    #expect(try reader.waitingNotifications(for: "pager", limit: 9, in: acme).map(\.document) == [[7]])
    #expect(try reader.latestBackup(in: acme) == backup)
    #expect(try reader.auditEpochs(in: acme) == [epoch])
    #expect(
      try reader.recoveredRevocation(ofSerial: Sample.serial(8), authority: Sample.authority, in: acme)?.reason
        == .superseded)
    #expect(try reader.bulkAct(act.id, in: acme)?.members == 1)
    #expect(
      try reader.bulkMembers(of: act.id, after: 0, limit: 9, in: acme).map(\.subject)
        == [.device(Sample.deviceID(1))])
    let grant = try reader.grant(Sample.grantName, in: acme)
    #expect(grant?.serials == Sample.grant(uses: 3).serials && grant?.uses == 3 && grant?.issued == 1)
    #expect(try reader.auditSize(in: acme) == UInt64(entries))
    #expect(try reader.auditRoot(of: 0..<UInt64(entries), in: acme) == reader.auditFrontier(in: acme).root)
  }
}

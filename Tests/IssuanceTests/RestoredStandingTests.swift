import Credentials
import Foundation
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// What the lists of a restore say of devices, of administrators and of authorities, and what they must not be taken for.
@Suite struct RestoredStandingTests {
  private typealias Scene = RecoveryTests.Scene
  private typealias Restored = RecoveryTests.RestoredScene

  private func administer<T: Sendable>(_ scene: Scene, _ act: AdministrativeAct<T>) async throws -> T {
    try await Administration(store: scene.old.store, organization: scene.old.organization, clock: scene.old.clock.now)
      .perform(act, by: .installation, through: .rest)
  }

  private func revoke(_ issued: Issued, _ reason: RevocationReason, _ scene: Scene) async throws {
    _ = try await CertificateService(
      store: scene.old.store, organization: scene.old.organization, clock: scene.old.clock.now
    ).revoke(serial: issued.serial, authority: nil, reason: reason, by: .installation)
  }

  private func device(_ serial: String, in scene: Restored) async throws -> DeviceRecord? {
    let organization = scene.organization
    return try await scene.store.read { try $0.devices(serial: serial, in: organization).first }
  }

  private func renew(_ device: TestDevice, _ issued: Issued, in scene: Restored) async throws -> Refusal.Code? {
    do {
      _ = try await scene.enrollment.enroll(EnrollmentServiceTests.renew(device, with: issued))
      return nil
    } catch let refusal as Refusal {
      return refusal.code
    }
  }

  @Test func aDeviceWhoseCertificateWasRevokedIsNotLetInByAGrant() async throws {
    let scene = try await Scene()
    let secret = try await EnrollmentServiceTests.grant("g-aaaa-bbbb", uses: 10, in: scene.old)
    try await scene.backUp()
    scene.old.clock.advance(by: .hours(1))
    let thief = try TestDevice("LOST-3")
    let issued = try await scene.old.enrollment.enroll(
      EnrollmentServiceTests.ask(thief, name: "g-aaaa-bbbb", secret))
    try await revoke(issued, .keyCompromise, scene)
    let restored = try await scene.restore(
      RestoreTerms(revocationLists: [try await scene.list(number: 5_000_000)]))
    #expect(try await renew(thief, issued, in: restored) == .revoked)
    let back = try #require(try await restored.certificate(issued))
    #expect(back.status == .revoked)
    // As on any other day: a device that had a certificate is no new one.
    #expect(try await device("LOST-3", in: restored)?.state == .active)
    _ = try await restored.administration.perform(
      GrantService().reopen("g-aaaa-bbbb", lost: 1), by: .installation, through: .rest)
    let again = try TestDevice("LOST-3")
    let refused = await #expect(throws: Refusal.self) {
      _ = try await restored.enrollment.enroll(EnrollmentServiceTests.ask(again, name: "g-aaaa-bbbb", secret))
    }
    #expect(refused?.code == .conflict)
    // Nor where only the certificate on record tells of it.
    let organization = restored.organization
    var record = try #require(try await device("LOST-3", in: restored))
    record.state = .registered
    try await restored.store.write { [record] in try $0.update(record) }
    let still = await #expect(throws: Refusal.self) {
      _ = try await restored.enrollment.enroll(EnrollmentServiceTests.ask(again, name: "g-aaaa-bbbb", secret))
    }
    #expect(still?.code == .conflict)
    let certificates = try await restored.store.read { [id = record.id] in
      try $0.certificates(of: id, notExpiredAt: nil, in: organization)
    }
    #expect(certificates.count == 1)
    await restored.store.close()
  }

  @Test func whatWasRetiredComesBackRetired() async throws {
    let scene = try await Scene()
    let (old, first) = try await scene.enroll("PUMP-1")
    let (kept, keptIssued) = try await scene.enroll("PUMP-2")
    try await scene.backUp()
    scene.old.clock.advance(by: .hours(1))
    let fresh = try TestDevice("PUMP-1")
    let second = try await scene.old.enrollment.enroll(EnrollmentServiceTests.renew(fresh, with: first))
    // One that came in after the backup and was retired as well.
    let (late, lateIssued) = try await scene.enroll("PUMP-3")
    scene.old.clock.advance(by: .hours(1))
    for serial in ["PUMP-1", "PUMP-3"] {
      _ = try await administer(scene, DeviceService().retire(DeviceReference(serial: serial), reason: "scrapped"))
    }
    let restored = try await scene.restore(
      RestoreTerms(revocationLists: [try await scene.list(number: 5_000_000)]))
    #expect(restored.restored.retired == ["PUMP-1"])
    let record = try #require(try await device("PUMP-1", in: restored))
    #expect(record.state == .retired)
    let (organization, subject) = (restored.organization, "device:\(record.id)")
    let acts = try await restored.store.read { reader in
      try reader.auditEntries(after: nil, limit: 1000, subject: subject, in: organization).count
    }
    #expect(acts > 0)
    #expect(try await renew(old, first, in: restored) == .retired)
    #expect(try await renew(fresh, second, in: restored) == .retired)
    // Nobody knew of this one before it showed what it has.
    #expect(try await renew(late, lateIssued, in: restored) != nil)
    #expect(try await device("PUMP-3", in: restored)?.state == .retired)
    #expect(try await renew(kept, keptIssued, in: restored) == nil)
    await restored.store.close()
  }

  @Test func aDeviceThatLivedOnIsNotHeldToBeRetired() async throws {
    let scene = try await Scene()
    let (first, firstIssued) = try await scene.enroll("PUMP-4")
    let (_, other) = try await scene.enroll("PUMP-5")
    try await scene.backUp()
    scene.old.clock.advance(by: .hours(1))
    // One certificate ended after its successor was made, one before.
    let renewed = try TestDevice("PUMP-4")
    let successor = try await scene.old.enrollment.enroll(EnrollmentServiceTests.renew(renewed, with: firstIssued))
    scene.old.clock.advance(by: .hours(1))
    try await revoke(firstIssued, .cessationOfOperation, scene)
    try await revoke(other, .cessationOfOperation, scene)
    scene.old.clock.advance(by: .hours(1))
    let invited = try await administer(scene, DeviceService().invite(DeviceReference(serial: "PUMP-5")))
    let again = try TestDevice("PUMP-5")
    let anew = try await scene.old.enrollment.enroll(EnrollmentServiceTests.ask(again, invited.secret))
    let restored = try await scene.restore(
      RestoreTerms(revocationLists: [try await scene.list(number: 5_000_000)]))
    #expect(restored.restored.retired.sorted() == ["PUMP-4", "PUMP-5"])
    #expect(try await renew(first, firstIssued, in: restored) == .retired)
    #expect(try await renew(renewed, successor, in: restored) == nil)
    #expect(try await renew(again, anew, in: restored) == nil)
    for serial in ["PUMP-4", "PUMP-5"] { #expect(try await device(serial, in: restored)?.state == .active) }
    #expect(try await renew(first, firstIssued, in: restored) == .revoked)
    await restored.store.close()
  }

  @Test func everyAuthorityThatPublishesIsAnsweredFor() async throws {
    let scene = try await Scene()
    try await scene.backUp()
    let lists = [
      try await scene.list(number: 5_000_000), try await scene.list(number: 5_000_000, of: .installation),
      try await scene.list(number: 5_000_000, of: .idevid),
    ]
    func refusal(_ terms: RestoreTerms) async throws -> Refusal? {
      await #expect(throws: Refusal.self) { _ = try await scene.restore(terms, isStrict: true) }
    }
    let none = try await refusal(RestoreTerms())
    for name in ["root", "installation", "operational", "idevid"] { #expect(none?.reason.contains(name) == true) }
    #expect(none?.reason.contains("successor") == false && none?.hint?.contains("--without-crl") == true)
    let one = try await refusal(
      RestoreTerms(revocationLists: Array(lists.dropFirst()), withoutLists: ["root"]))
    #expect(one?.reason.contains("operational") == true && one?.reason.contains("installation") == false)
    let unknown = try await refusal(RestoreTerms(revocationLists: lists, withoutLists: ["root", "instalation"]))
    #expect(unknown?.code == .badRequest && unknown?.reason.contains("instalation") == true)
    let foreign = GivenList(name: "a.crl", octets: [0x30, 0x00])
    #expect(try await refusal(RestoreTerms(revocationLists: [foreign]))?.reason.contains("a.crl") == true)

    let restored = try await scene.restore(
      RestoreTerms(revocationLists: lists, withoutLists: ["root"]), isStrict: true)
    #expect(restored.restored.leftOut.count == 1 && restored.restored.leftOut.first?.hasPrefix("root") == true)
    #expect(restored.restored.administrators.map(\.name) == ["Test Administrator"])
    let organization = restored.organization
    let entry = try await restored.store.read { reader in
      try reader.latestAuditEntries(1, subject: nil, in: organization).first.flatMap { $0.entry }
    }
    let text = String(decoding: try #require(entry), as: UTF8.self)
    #expect(text.contains("installation.restore") && text.contains("number 5000000") && text.contains("without_lists"))
    await restored.store.close()
  }

  @Test func anAuthorityThatItsRootRevokedStaysRevoked() async throws {
    let scene = try await Scene()
    let (organization, authorities) = (scene.old.organization, scene.old.authorities)
    let root = try #require(authorities.root)
    let revoked = try #require(authorities.active(.idevid)).record
    try await scene.backUp()
    let signer = try scene.old.keys.root.signer(named: root.keyName, purpose: AuthoritySet.keyPurpose)
    let own = try Certificate(parsing: root.certificate)
    let at = scene.old.clock.now().wholeSecond
    let contents = CRLContents(
      issuer: root.subject, authorityKeyIdentifier: own.subjectKeyIdentifier ?? [], number: 5_000_000, thisUpdate: at,
      nextUpdate: at + .days(365),
      entries: [
        CRLEntry(serial: try Certificate(parsing: revoked.certificate).serial, revokedAt: at, reason: .cACompromise)
      ], signatureAlgorithm: signer.algorithm)
    let list = contents.encode(signature: try await signer.sign(contents.toBeSigned))
    // What an authority of after the backup published lies in the same folder.
    let other = try await Scene()
    let foreign = try await other.list(number: 1)
    let restored = try await scene.restore(
      RestoreTerms(revocationLists: [
        GivenList(name: "root.crl", octets: list),
        GivenList(name: "lists/new.crl", octets: foreign.octets, isBesideOthers: true),
      ]))
    #expect(restored.restored.passedOver == ["lists/new.crl"] && restored.restored.revocations == 1)
    let record = try await restored.store.read { try $0.authority(revoked.id, in: organization) }
    #expect(record?.revokedAt == at && record?.revocationReason == .cACompromise)
    await restored.store.close()
    await #expect(throws: Refusal.self) { _ = try await scene.restore(RestoreTerms(revocationLists: [foreign])) }
  }

  @Test func theNewestCheckpointOfThisLogCounts() async throws {
    let scene = try await Scene()
    let other = try await Scene()
    let early = try await scene.checkpoint()
    _ = try await scene.enroll("PUMP-6")
    try await scene.backUp()
    _ = try await scene.enroll("PUMP-7")
    let late = try await scene.checkpoint()
    _ = try await other.enroll("PUMP-8")
    let foreign = try await other.checkpoint()
    let target = scene.folder.path + "/unpacked"
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
    let restoration = try await Restoration.unpack(
      scene.file, passphrase: RecoveryTests.passphrase, into: target, clock: scene.old.clock.now, bounds: .forTests)
    let keys = try await restoration.openKeys { _ in .machineLocal(.random(count: 32)) }
    // Whoever can write to a sink can add a note that says more than there was.
    let forged = late.replacing("\n\(try Self.size(of: late))\n", with: "\n999999\n")
    #expect(forged != late)
    #expect(try restoration.newestCheckpoint(among: [late, foreign, forged, early, "what?\n"], keys: keys) == late)
    #expect(throws: Refusal.self) { _ = try restoration.newestCheckpoint(among: [foreign], keys: keys) }
    #expect(throws: Refusal.self) { _ = try restoration.newestCheckpoint(among: [forged], keys: keys) }
    // One that is older than the backup does not tell what was lost.
    let stale = try await scene.restore(RestoreTerms(checkpoint: early))
    #expect(stale.restored.entriesLost == nil)
    let told = try await scene.restore(RestoreTerms(checkpoint: late))
    #expect((told.restored.entriesLost ?? 0) > 0)
    await stale.store.close()
    await told.store.close()
  }

  private static func size(of note: String) throws -> Substring {
    let lines = note.split(separator: "\n", omittingEmptySubsequences: false)
    return try #require(lines.dropFirst().first)
  }
}

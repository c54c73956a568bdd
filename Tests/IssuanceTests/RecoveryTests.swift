import AuditLog
import Credentials
import Foundation
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// A backup, what happened after it, and a restore: nobody honest is lost, and nobody else comes back.
@Suite struct RecoveryTests {
  static let passphrase = SecretBytes(copying: Array("one passphrase for backups".utf8))

  /// A restored installation beside the one that was lost.
  final class Scene {
    let old: TestInstallation
    let folder: ScratchFolder
    let file: String

    init() async throws {
      old = try await TestInstallation(withLab: false)
      folder = try ScratchFolder()
      file = folder.path + "/backup"
    }

    func enroll(_ serial: String) async throws -> (TestDevice, Issued) {
      let secret = try await EnrollmentServiceTests.register(serial, in: old)
      let device = try TestDevice(serial)
      return (device, try await old.enrollment.enroll(EnrollmentServiceTests.ask(device, secret)))
    }

    func backUp() async throws {
      _ = try await CheckpointWriter(
        store: old.store, organization: old.authorities.organization,
        signer: CheckpointWriter.signer(in: old.keys.online), clock: old.clock.now
      ).write()
      _ = try await Backup(
        folder: old.folder, store: old.store, organization: old.organization, clock: old.clock.now, bounds: .forTests
      ).write(to: file, passphrase: RecoveryTests.passphrase, online: old.keys.online, by: "test")
    }

    func checkpoint() async throws -> String {
      _ = try await CheckpointWriter(
        store: old.store, organization: old.authorities.organization,
        signer: CheckpointWriter.signer(in: old.keys.online), clock: old.clock.now
      ).write()
      let organization = old.organization
      return try #require(try await old.store.read { try $0.latestCheckpoint(in: organization) }).note
    }

    /// A list over what the old store holds, as its publisher would have made it.
    func list(number: Int64, of name: AuthorityName = .operational) async throws -> GivenList {
      let authority = try #require(old.authorities.active(name))
      let (organization, id) = (old.organization, authority.record.id)
      let revoked = try await old.store.read {
        try $0.revokedCertificates(by: id, notExpiredAt: Instant(seconds: 0), in: organization)
      }
      let at = old.clock.now().wholeSecond
      let contents = CRLContents(
        issuer: authority.certificate.subject.encoded,
        authorityKeyIdentifier: authority.certificate.subjectKeyIdentifier ?? [], number: number, thisUpdate: at,
        nextUpdate: at + .days(1),
        entries: revoked.map { CRLEntry(serial: $0.serial, revokedAt: $0.revokedAt, reason: $0.reason) },
        signatureAlgorithm: authority.signer.algorithm)
      let encoded = contents.encode(signature: try await authority.signer.sign(contents.toBeSigned))
      return GivenList(name: "\(name.rawValue).crl", octets: encoded)
    }

    /// - Parameter isStrict: leaves out no list that the terms do not leave out.
    func restore(_ terms: RestoreTerms = RestoreTerms(), isStrict: Bool = false) async throws -> RestoredScene {
      var terms = terms
      if !isStrict { terms.withoutLists = ["root", "idevid", "operational", "installation"] }
      let target = folder.path + "/restored-\(UUID().uuidString)"
      try FileManager.default.createDirectory(
        atPath: target, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      let restoration = try await Restoration.unpack(
        file, passphrase: RecoveryTests.passphrase, into: target, clock: old.clock.now, bounds: .forTests)
      let keys = try await restoration.openKeys { _ in .machineLocal(.random(count: 32)) }
      let request = try await restoration.request(terms, keys: keys, askedBy: "test")
      // What a root elsewhere would read and answer is the same text.
      let travelled = try RootRequest(text: request.text)
      #expect(travelled == request)
      let answer = try await old.rootHolder().answer(travelled)
      let restored = try await restoration.open(
        request, answer: RootAnswer(text: answer.text), terms: terms, by: "test")
      return try await RestoredScene(target, keys: keys, restored: restored, old: old)
    }
  }

  struct RestoredScene {
    let folder: String
    let keys: SealedKeyStore
    let store: SQLiteStore
    let restored: Restored
    let enrollment: EnrollmentService
    let organization: OrganizationID
    let authorities: AuthoritySet
    let administration: Administration

    init(_ folder: String, keys: SealedKeyStore, restored: Restored, old: TestInstallation) async throws {
      (self.folder, self.keys, self.restored, organization) = (folder, keys, restored, old.organization)
      store = try SQLiteStore(path: folder + "/touchmark.sqlite")
      authorities = try await AuthoritySet.load(
        organization: old.organization, addresses: old.authorities.addresses, keys: keys, from: store)
      let roster = AuthorityRoster(authorities)
      enrollment = EnrollmentService(
        store: store, roster: roster, catalog: ProfileCatalog(roster: roster),
        reservedNames: ReservedNames([]), clock: old.clock.now)
      administration = Administration(store: store, organization: old.organization, clock: old.clock.now)
    }

    func certificate(_ issued: Issued) async throws -> CertificateRecord? {
      let (organization, fingerprint) = (organization, try Certificate(parsing: issued.certificate).fingerprint)
      return try await store.read { try $0.certificate(fingerprint: fingerprint, in: organization) }
    }
  }

  private func refusal(_ body: () async throws -> Issued) async throws -> Refusal {
    try #require(await #expect(throws: Refusal.self) { _ = try await body() })
  }

  private func revoke(_ issued: Issued, in installation: TestInstallation, reason: RevocationReason) async throws {
    let (organization, at) = (installation.organization, installation.clock.now().wholeSecond)
    let id = try #require(installation.authorities.active(.operational)).record.id
    try await installation.store.write {
      try $0.setStatus(
        reason == .certificateHold ? .held : .revoked, revokedAt: at, reason: reason, ofSerial: issued.serial,
        authority: id, in: organization)
    }
  }

  @Test func whoeverRenewedAfterTheBackupComesBackAndIsMarked() async throws {
    let scene = try await Scene()
    let (device, first) = try await scene.enroll("PUMP-1")
    try await scene.backUp()
    scene.old.clock.advance(by: .days(20))
    let fresh = try TestDevice("PUMP-1")
    let second = try await scene.old.enrollment.enroll(EnrollmentServiceTests.renew(fresh, with: first))
    // A device that the backup has never heard of.
    let (stranger, newcomer) = try await scene.enroll("PUMP-NEW")
    scene.old.clock.advance(by: .hours(1))
    let checkpoint = try await scene.checkpoint()
    let restored = try await scene.restore(RestoreTerms(checkpoint: checkpoint))
    #expect(restored.restored.epoch == 2 && (restored.restored.entriesLost ?? 0) >= 2)
    #expect(try await restored.certificate(second) == nil)

    scene.old.clock.advance(by: .days(3))
    let third = try await restored.enrollment.enroll(EnrollmentServiceTests.renew(TestDevice("PUMP-1"), with: second))
    #expect(!third.repeated)
    let back = try #require(try await restored.certificate(second))
    #expect(back.door == "recovery" && back.status == .good && back.device != nil)
    _ = try await restored.enrollment.enroll(EnrollmentServiceTests.renew(stranger, with: newcomer))
    _ = try await restored.enrollment.enroll(EnrollmentServiceTests.renew(device, with: first))
    let organization = restored.organization
    #expect(try await restored.store.read { try $0.countRecoveredCertificates(in: organization) } == 2)
    await restored.store.close()
  }

  /// What was taken back says no parent, and is known to have come after what the backup holds.
  @Test func aRevocationAfterARestoreEndsWhatTheBackupHeld() async throws {
    let scene = try await Scene()
    let (device, first) = try await scene.enroll("PUMP-1")
    try await scene.backUp()
    scene.old.clock.advance(by: .days(1))
    let fresh = try TestDevice("PUMP-1")
    let second = try await scene.old.enrollment.enroll(EnrollmentServiceTests.renew(fresh, with: first))
    let restored = try await scene.restore()
    scene.old.clock.advance(by: .hours(1))
    let third = try await restored.enrollment.enroll(EnrollmentServiceTests.renew(TestDevice("PUMP-1"), with: second))
    _ = try await CertificateService(
      store: restored.store, organization: restored.organization, clock: scene.old.clock.now
    ).revoke(serial: third.serial, authority: nil, reason: .privilegeWithdrawn, by: .installation)
    for (key, earlier) in [(device, first), (fresh, second)] {
      let refused = try await refusal {
        try await restored.enrollment.enroll(EnrollmentServiceTests.renew(key, with: earlier))
      }
      #expect(refused.code == .revoked)
    }
    await restored.store.close()
  }

  @Test func theWindowEnds() async throws {
    let scene = try await Scene()
    try await scene.backUp()
    scene.old.clock.advance(by: .days(1))
    let (device, issued) = try await scene.enroll("PUMP-2")
    let restored = try await scene.restore(RestoreTerms(recoveryWindow: .days(2)))
    scene.old.clock.advance(by: .days(3))
    let late = try await refusal {
      try await restored.enrollment.enroll(EnrollmentServiceTests.renew(device, with: issued))
    }
    #expect(late.code == .unauthenticated)
    await restored.store.close()
  }

  @Test func whatWasRevokedOrHeldSinceStaysSoThroughTheList() async throws {
    let scene = try await Scene()
    let (known, knownIssued) = try await scene.enroll("PUMP-3")
    try await scene.backUp()
    scene.old.clock.advance(by: .days(1))
    let (lost, lostIssued) = try await scene.enroll("PUMP-4")
    let (held, heldIssued) = try await scene.enroll("PUMP-5")
    try await revoke(knownIssued, in: scene.old, reason: .keyCompromise)
    try await revoke(lostIssued, in: scene.old, reason: .superseded)
    try await revoke(heldIssued, in: scene.old, reason: .certificateHold)
    let list = try await scene.list(number: 5_000_000)
    let restored = try await scene.restore(RestoreTerms(revocationLists: [list]))
    #expect(restored.restored.revocations == 3)
    for (device, issued, code) in [
      (known, knownIssued, Refusal.Code.revoked), (lost, lostIssued, .revoked), (held, heldIssued, .suspended),
    ] {
      let refused = try await refusal {
        try await restored.enrollment.enroll(EnrollmentServiceTests.renew(device, with: issued))
      }
      #expect(refused.code == code, "\(device.serial)")
    }
    let organization = restored.organization
    let id = try #require(restored.authorities.active(.operational)).record.id
    let (next, still) = try await restored.store.write { writer in
      (
        try writer.takeCRLNumber(of: id, in: organization),
        try writer.revokedCertificates(by: id, notExpiredAt: Instant(seconds: 0), in: organization).map(\.serial)
      )
    }
    #expect(next > 5_000_000)
    #expect(Set(still) == [knownIssued.serial, lostIssued.serial, heldIssued.serial])
    // Its hold came back with it, so an operator can lift it.
    _ = try await restored.administration.perform(
      DeviceService().resume(DeviceReference(serial: "PUMP-5"), reason: nil), by: .installation, through: .rest)
    _ = try await restored.enrollment.enroll(EnrollmentServiceTests.renew(held, with: heldIssued))
    await restored.store.close()
  }

  @Test func aSuspendedDeviceIsNotTakenBack() async throws {
    let scene = try await Scene()
    let (_, first) = try await scene.enroll("PUMP-6")
    _ = try await Administration(
      store: scene.old.store, organization: scene.old.organization, clock: scene.old.clock.now
    ).perform(
      DeviceService().suspend(DeviceReference(serial: "PUMP-6"), reason: nil), by: .installation, through: .rest)
    try await scene.backUp()
    scene.old.clock.advance(by: .hours(1))
    _ = try await Administration(
      store: scene.old.store, organization: scene.old.organization, clock: scene.old.clock.now
    ).perform(DeviceService().resume(DeviceReference(serial: "PUMP-6"), reason: nil), by: .installation, through: .rest)
    let fresh = try TestDevice("PUMP-6")
    let second = try await scene.old.enrollment.enroll(EnrollmentServiceTests.renew(fresh, with: first))
    let restored = try await scene.restore()
    let refused = try await refusal {
      try await restored.enrollment.enroll(EnrollmentServiceTests.renew(fresh, with: second))
    }
    #expect(refused.code == .suspended)
    #expect(try await restored.certificate(second) == nil)
    await restored.store.close()
  }

  @Test func secretsAreVoidAndGrantsStayClosed() async throws {
    let scene = try await Scene()
    let unused = try await EnrollmentServiceTests.register("PUMP-7", in: scene.old)
    let grant = try await EnrollmentServiceTests.grant("g-aaaa-bbbb", uses: 10, in: scene.old)
    try await scene.backUp()
    let restored = try await scene.restore()
    #expect(restored.restored.voidedSecrets == 1 && restored.restored.closedGrants == 1)
    let device = try TestDevice("PUMP-7")
    #expect(
      try await refusal { try await restored.enrollment.enroll(EnrollmentServiceTests.ask(device, unused)) }.code
        == .unauthenticated)
    let other = try TestDevice("PUMP-8")
    let closed = try await refusal {
      try await restored.enrollment.enroll(EnrollmentServiceTests.ask(other, name: "g-aaaa-bbbb", grant))
    }
    #expect(closed.code == .forbidden && closed.hint?.contains("grant reopen") == true)
    // Nothing told how much was lost, so the operator must.
    let mute = await #expect(throws: Refusal.self) {
      _ = try await restored.administration.perform(
        GrantService().reopen("g-aaaa-bbbb"), by: .installation, through: .rest)
    }
    #expect(mute?.code == .badRequest)
    let opened = try await restored.administration.perform(
      GrantService().reopen("g-aaaa-bbbb", lost: 9), by: .installation, through: .rest)
    #expect(opened.issued == 9 && opened.closedAt == nil)
    _ = try await restored.enrollment.enroll(EnrollmentServiceTests.ask(other, name: "g-aaaa-bbbb", grant))
    let third = try TestDevice("PUMP-9")
    #expect(
      try await refusal {
        try await restored.enrollment.enroll(EnrollmentServiceTests.ask(third, name: "g-aaaa-bbbb", grant))
      }.code == .exhausted)
    await restored.store.close()
  }

  @Test func aFileThatWasTouchedIsNotRestored() async throws {
    let scene = try await Scene()
    try await scene.backUp()
    let whole = try scene.folder.read("backup")
    let chunk = 64 * 1024 + 16
    var (flipped, swapped) = (whole, whole)
    flipped[whole.count / 2] ^= 1
    #expect(whole.count > 76 + 3 * chunk)
    swapped.replaceSubrange(76..<(76 + chunk), with: whole[(76 + chunk)..<(76 + 2 * chunk)])
    swapped.replaceSubrange((76 + chunk)..<(76 + 2 * chunk), with: whole[76..<(76 + chunk)])
    for (name, octets) in [
      ("flipped", flipped), ("swapped", swapped), ("cut between chunks", Array(whole.prefix(76 + 2 * chunk))),
      ("cut within one", Array(whole.prefix(whole.count - 5))), ("longer", whole + [0]),
      ("a header", Array(whole.prefix(60))),
    ] {
      try scene.folder.write(octets, to: "touched")
      let target = scene.folder.path + "/target-" + name.replacing(" ", with: "-")
      try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
      await #expect(throws: CustodyError.self, "\(name)") {
        _ = try await Restoration.unpack(
          scene.folder.path + "/touched", passphrase: Self.passphrase, into: target, clock: scene.old.clock.now,
          bounds: .forTests)
      }
    }
    await #expect(throws: CustodyError.wrongPassphrase(directory: scene.file)) {
      _ = try await Restoration.unpack(
        scene.file, passphrase: SecretBytes(copying: Array("another".utf8)), into: scene.folder.path,
        clock: scene.old.clock.now, bounds: .forTests)
    }
  }

  @Test func theLogVerifiesThroughItsEpochsAndAStatementByAnotherRootDoesNotCount() async throws {
    let scene = try await Scene()
    _ = try await scene.enroll("PUMP-10")
    try await scene.backUp()
    _ = try await scene.enroll("PUMP-11")
    let outside = try await scene.checkpoint()
    let restored = try await scene.restore(RestoreTerms(checkpoint: outside))
    let root = try Certificate(parsing: scene.old.founded.root)
    let report = try await verify(restored, outside: outside, by: root)
    #expect(report.findings == [])
    #expect(report.limits.contains { $0.contains("known to be lost") })
    let other = try SmallAuthority().certificate
    #expect(try await verify(restored, outside: outside, by: other).findings.map(\.kind) == [.badEpoch])
    // More was there than the restore stated.
    let less = try await scene.restore()
    #expect(try await verify(less, outside: outside, by: root).findings.map(\.kind) == [.lost])
    await restored.store.close()
    await less.store.close()
  }

  private func verify(
    _ scene: RestoredScene, outside: String, by root: Certificate
  ) async throws -> AuditReport {
    let organization = scene.organization
    return try await scene.store.read { reader in
      let epochs = try reader.auditEpochs(in: organization).map { record in
        EpochHistory.Epoch(
          number: record.epoch, statement: record.statement,
          isSigned: EpochStatement(record.statement)?.isSigned(record.signature, by: root) ?? false)
      }
      var verification = AuditVerification(
        checkpoints: try reader.checkpoints(after: nil, limit: 100, in: organization).map(\.note), outside: outside,
        keys: [], origin: Checkpoint.origin(organization: organization.rawValue, epoch: 2),
        epochs: EpochHistory(current: 2, epochs: epochs))
      for row in try reader.auditEntries(after: nil, limit: 1000, subject: nil, in: organization) {
        verification.feed(index: row.index, digest: row.digest, salt: row.salt, entry: row.entry)
      }
      return verification.finish(stored: try reader.auditFrontier(in: organization))
    }
  }

  @Test(arguments: [Int64(60), 400]) func offForDaysAndReadmittedWhereGraceIsOver(days: Int64) async throws {
    let installation = try await TestInstallation(withLab: false)
    let secret = try await EnrollmentServiceTests.register("PUMP-12", in: installation)
    let device = try TestDevice("PUMP-12")
    let issued = try await installation.enrollment.enroll(EnrollmentServiceTests.ask(device, secret))
    let end = try Certificate(parsing: issued.certificate).notAfter
    installation.clock.set(end + .days(days))
    // No time of the device's own is in a request: whatever its clock says, the server's alone decides.
    if days < 90 {
      _ = try await installation.enrollment.enroll(EnrollmentServiceTests.renew(device, with: issued))
      return
    }
    let late = try await refusal {
      try await installation.enrollment.enroll(EnrollmentServiceTests.renew(device, with: issued))
    }
    #expect(late.code == .expired && late.hint?.contains("device readmit PUMP-12") == true)
    let administration = Administration(
      store: installation.store, organization: installation.organization, clock: installation.clock.now)
    let reference = DeviceReference(serial: "PUMP-12")
    _ = try await administration.perform(
      DeviceService().readmit(reference, for: .hours(48), reason: "customs"), by: .installation, through: .rest)
    installation.clock.advance(by: .hours(49))
    #expect(
      try await refusal {
        try await installation.enrollment.enroll(EnrollmentServiceTests.renew(device, with: issued))
      }.code == .expired)
    _ = try await administration.perform(
      DeviceService().readmit(reference, for: .hours(48), reason: nil), by: .installation, through: .rest)
    _ = try await installation.enrollment.enroll(EnrollmentServiceTests.renew(device, with: issued))
    _ = try await administration.perform(
      DeviceService().suspend(reference, reason: nil), by: .installation, through: .rest)
    await #expect(throws: Refusal.self) {
      _ = try await administration.perform(
        DeviceService().readmit(reference, for: .hours(48), reason: nil), by: .installation, through: .rest)
    }
    #expect(
      try await refusal {
        try await installation.enrollment.enroll(EnrollmentServiceTests.renew(device, with: issued))
      }.code == .suspended)
  }
}

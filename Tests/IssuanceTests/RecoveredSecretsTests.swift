import Credentials
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// What a restore makes of secrets that doors know, of requests that waited, and of registration authorities.
@Suite struct RecoveredSecretsTests {
  @Test func sealedSecretsFollowTheirKeyAndAreVoidOrClosedLikeOthers() async throws {
    let scene = try await RecoveryTests.Scene()
    let old = scene.old
    let sealing = try SecretSealing(keys: old.keys.online, organization: old.organization)
    let administration = Administration(store: old.store, organization: old.organization, clock: old.clock.now)
    _ = try await administration.perform(
      DeviceService(sealing: sealing).add(
        DeviceRegistration(serial: "MAC-1", profile: "operational"), forMAC: true), by: .installation, through: .rest)
    let grant = try await administration.perform(
      GrantService(sealing: sealing).add(
        GrantTerms(profile: "operational", uses: 5, lifetime: .days(1), forMAC: true)), by: .installation,
      through: .rest)
    try await scene.backUp()
    let restored = try await scene.restore()
    let secrets = MACSecrets(
      store: restored.store, organization: restored.organization,
      sealing: try SecretSealing(keys: restored.keys, organization: restored.organization), clock: old.clock.now)
    #expect(try await secrets.secrets(named: "MAC-1").isEmpty)
    // The grant is closed for whoever knows its secret, and still checks a MAC once an operator opened it.
    let name = grant.grant.name.rawValue
    #expect(try await secrets.secrets(named: name) == [Array(grant.secret.text.utf8)])
    let asked = EnrollmentRequest(
      request: try await TestDevice("MAC-2").request(), credential: .of(name, grant.secret), door: .est, label: nil,
      isRenewal: false, address: "192.0.2.1")
    let refused = await #expect(throws: Refusal.self) { _ = try await restored.enrollment.enroll(asked) }
    #expect(refused?.code == .forbidden)
    _ = try await restored.administration.perform(
      GrantService().reopen(name, lost: 0), by: .installation, through: .rest)
    #expect(try await !restored.enrollment.enroll(asked).repeated)
    await restored.store.close()
  }

  @Test func approvalsAreForgottenAndCountsAreUsedUp() async throws {
    let scene = try await RecoveryTests.Scene()
    let old = scene.old
    let time = old.clock.now()
    let gateway = AdministratorRecord(
      fingerprint: [UInt8](repeating: 9, count: 32), organization: old.organization, name: "gateway-7",
      role: .registrationAuthority, profiles: [try #require(ProfileName(rawValue: "operational"))], uses: 5,
      certificate: try #require(SerialNumber(hex: "09")), addedAt: time, addedBy: "test")
    let request = PendingRequestRecord(
      id: try #require(PendingRequestID(rawValue: "request-1")), organization: old.organization,
      digest: [UInt8](repeating: 1, count: 32), profile: try #require(ProfileName(rawValue: "operational")),
      door: "est", principal: "device:1", serial: "PUMP-1", subject: "CN=PUMP-1",
      keyHash: [UInt8](repeating: 2, count: 32), request: [0x30, 0], address: "192.0.2.1", createdAt: time,
      expiresAt: time + .days(7), state: .approved)
    try await old.store.write { writer in
      try writer.insert(gateway)
      try writer.insert(request)
    }
    try await scene.backUp()
    let restored = try await scene.restore()
    let organization = restored.organization
    try await restored.store.read { reader throws in
      #expect(try reader.pendingRequests(matching: nil, after: nil, limit: 9, in: organization).items.isEmpty)
      #expect(try reader.administrator(fingerprint: gateway.fingerprint, in: organization)?.issued == 5)
    }
    await restored.store.close()
  }
}

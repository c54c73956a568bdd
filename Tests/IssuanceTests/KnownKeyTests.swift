import Credentials
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// A device whose key is known shows its serial, and that it holds the key.
@Suite struct KnownKeyTests {
  struct Bench {
    let installation: TestInstallation
    let administration: Administration

    init() async throws {
      installation = try await TestInstallation()
      administration = Administration(
        store: installation.store, organization: installation.organization, clock: installation.clock.now)
    }

    func register(_ device: TestDevice, profile: String = "operational") async throws {
      _ = try await administration.perform(
        DeviceService().add(
          DeviceRegistration(serial: device.serial, profile: profile), keyHash: device.key.publicKey.keyHash),
        by: .installation, through: .rest)
    }

    func enroll(
      _ device: TestDevice, as serial: String? = nil, request: CertificationRequest? = nil
    ) async throws -> Issued {
      let asked = if let request { request } else { try await device.request() }
      return try await installation.enrollment.enroll(
        EnrollmentRequest(
          request: asked, credential: .secret(name: serial ?? device.serial, secret: []), door: .est, label: nil,
          isRenewal: false, address: "192.0.2.1"))
    }

    func refuses(_ code: Refusal.Code, _ work: () async throws -> Void) async {
      await #expect {
        try await work()
      } throws: {
        ($0 as? Refusal)?.code == code
      }
    }
  }

  @Test func theKnownKeyGetsOneCertificateAndThatAgain() async throws {
    let bench = try await Bench()
    let device = try TestDevice("SE-1")
    try await bench.register(device)
    let first = try await bench.enroll(device)
    let again = try await bench.enroll(device)
    #expect(again.repeated && again.certificate == first.certificate)
    let certificate = try Certificate(parsing: first.certificate)
    #expect(certificate.subject.values(of: AttributeType.serialNumber) == ["SE-1"])
    // Once the certificate is over, the key alone is proof of nothing any more.
    bench.installation.clock.advance(by: .days(8))
    await bench.refuses(.exhausted) { _ = try await bench.enroll(device) }
  }

  @Test func nobodyElseComesInBySerialOrByKey() async throws {
    let bench = try await Bench()
    let device = try TestDevice("SE-1")
    try await bench.register(device)
    await bench.refuses(.unauthenticated) { _ = try await bench.enroll(try TestDevice("SE-1")) }
    await bench.refuses(.unauthenticated) { _ = try await bench.enroll(device, as: "SE-2") }
    // The key of the device in a request that another key signed.
    let thief = try TestDevice("SE-1")
    let toBeSigned = CertificationRequest.toBeSigned(
      subject: DistinguishedName([]), publicKey: device.key.publicKey, extensions: [])
    let forged = try CertificationRequest(
      parsing: CertificationRequest.assemble(
        toBeSigned, algorithm: thief.key.algorithm, signature: try await thief.key.sign(toBeSigned)))
    await bench.refuses(.proofOfPossession) { _ = try await bench.enroll(device, request: forged) }
  }

  @Test func aKeyHasOneDeviceAndAProfileThatTakesIt() async throws {
    let bench = try await Bench()
    let device = try TestDevice("SE-1")
    try await bench.register(device)
    let other = TestDevice(serial: "SE-2", key: device.key)
    await bench.refuses(.keyReuse) { try await bench.register(other) }
    await bench.refuses(.policy) { try await bench.register(try TestDevice("SE-3"), profile: "server") }
    _ = try await bench.administration.perform(
      DeviceService().suspend(DeviceReference(serial: "SE-1"), reason: nil), by: .installation, through: .rest)
    await bench.refuses(.suspended) { _ = try await bench.enroll(device) }
  }
}

import Credentials
import Enrollment
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// The same renewal several times at once, at doors of one process and of two: one certificate.
@Suite struct ConcurrentRenewalTests {
  @Test func oneCertificateForOneParentAndKey() async throws {
    let installation = try await TestInstallation()
    let device = try TestDevice("PUMP-1")
    let secret = try await RegisteredDevice.add("PUMP-1", in: installation)
    let request = try await device.request()
    let own = try await installation.enrollment.enroll(
      EnrollmentRequest(
        request: request, credential: .secret(name: "PUMP-1", secret: Array(secret.text.utf8)), door: .est, label: nil,
        isRenewal: false, address: "192.0.2.1")
    ).certificate
    let renewal = EnrollmentRequest(
      request: try await TestDevice("PUMP-1").request(), credential: .certificate(own, chain: []), door: .est,
      label: nil, isRenewal: true, address: "192.0.2.1")
    let given = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<8 { group.addTask { try await installation.enrollment.enroll(renewal).certificate } }
      return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
    }
    #expect(given.count == 1)
    let organization = installation.organization
    let count = try await installation.store.read {
      try $0.countCertificates(
        matching: CertificateFilter(profile: ProfileName(rawValue: "operational")), in: organization)
    }
    #expect(count == 2)
  }

  @Test func overSCEPAtTwoProcesses() async throws {
    let scene = try await SCEPScene()
    let own = try await scene.enroll("S-1")
    let key = try SoftwareKey.generate(.p256)
    let client = try TestSCEPClient(key: SCEPScene.rsa, serial: "S-1", certificate: own)
    let message = try client.message(17, content: TestSCEPClient.request(key, serial: "S-1"), to: [try scene.recipient])
    let given = try await withThrowingTaskGroup(of: [Certificate].self) { group in
      for number in 0..<8 {
        let service = number % 2 == 0 ? scene.service : scene.elsewhere
        group.addTask {
          let answer = try await service.operate(message, profile: scene.profile, address: "192.0.2.1")
          return try client.read(answer.body, from: scene.authority.certificate).certificates
        }
      }
      return try await group.reduce(into: Set<[Certificate]>()) { $0.insert($1) }
    }
    #expect(given.count == 1 && given.first?.first?.publicKey == key.publicKey)
    #expect(try await scene.issued(to: key) == 1)
  }
}

import Credentials
import Issuance
import Registry
import TestKit
import Testing
import WireFormats

/// A registered device with its secret, as an operator makes it.
enum RegisteredDevice {
  static func add(_ serial: String, in installation: TestInstallation) async throws -> EnrollmentSecret {
    let secret = EnrollmentSecret()
    try await add(serial, secret: secret.text, in: installation)
    return secret
  }

  static func add(_ serial: String, secret: String, in installation: TestInstallation) async throws {
    let time = installation.clock.now()
    let organization = installation.organization
    let name = try #require(ProfileName(rawValue: "operational"))
    try await installation.store.write { writer in
      var random = SystemRandomNumberGenerator()
      let device = DeviceRecord(
        id: DeviceID(at: time, random: &random), organization: organization, manufacturer: "", serial: serial,
        kind: .device, profile: name, state: .registered, registeredAt: time, registeredBy: "test")
      try writer.insert(device)
      try writer.insert(
        EnrollmentSecretRecord(
          device: device.id, secretHash: EnrollmentSecret.hash(Array(secret.utf8)), profile: name,
          expiresAt: time + .days(7), createdAt: time),
        in: organization)
    }
  }
}

import Credentials

/// A device of the demonstration: it holds its own key, in memory, and speaks EST like any other client.
struct SimulatedDevice: Sendable {
  let serial: String
  let product: String
  let lot: String

  /// `pump-0001`, `valve-0002`, …: the same devices at every start.
  init(number: Int) {
    let products = ["pump", "valve", "meter", "sensor", "drive"]
    product = products[number % products.count]
    let digits = String(number + 1)
    serial = "\(product)-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    lot = "demo-\(number / 10 + 1)"
  }

  /// Makes a key, enrolls with the one-time secret and checks what came back.
  func enroll(at url: String, root: String, secret: String) async throws -> Certificate {
    let own = try IssuedKey(algorithm: .p256)
    let request = try await own.request(subject: .empty)
    let certificates = try await ESTConnection.with(url: url, root: root) { connection in
      try await connection.simpleEnroll(request, name: serial, secret: secret)
    }
    guard let certificate = certificates.first(where: { $0.subjectPublicKeyInfo == own.key.publicKey.encoded }) else {
      throw CommandFailure(.refused, "\(serial) got a certificate for another key")
    }
    return certificate
  }
}

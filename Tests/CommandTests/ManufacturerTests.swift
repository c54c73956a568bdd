import AdministrationAPI
import Credentials
import Foundation
import KeyCustody
import TestKit
import Testing
import WireFormats

/// A factory identity of a manufacturer that the operator trusts, over real EST with curl.
@Suite(.serialized) struct ManufacturerTests {
  private struct Device {
    let serial: String
    let certificate: String
    let key: String
  }

  /// Enrolls with a client certificate and a new key; the HTTP status.
  private func enroll(_ device: Device, _ number: Int, at server: RunningServer) async throws -> String {
    let script = """
      openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout new-\(number).key \
      -subj '/serialNumber=\(device.serial)' -outform DER 2>/dev/null | openssl base64 -A > new-\(number).b64
      curl -sS -o answer-\(number) -w '%{http_code}' --cacert \(server.root) --cert \(device.certificate) \
      --key \(device.key) -H 'Content-Type: application/pkcs10' --data-binary @new-\(number).b64 \
      \(server.https)/.well-known/est/simpleenroll
      """
    let outcome = try await Program(path: "/bin/sh").run(["-c", script], in: server.folder.path)
    return outcome.output + outcome.errors
  }

  /// A manufacturer's authority, and a device that has its certificate.
  private func manufacture(_ name: String, serial: String, in server: RunningServer) throws -> Device {
    let authority = try SmallAuthority(name: name, at: .present)
    let key = try SoftwareKey.generate(.p256)
    let leaf = try authority.issue(serial, serialNumber: serial, key: key.publicKey, lifetime: .days(30), at: .present)
    let paths = ["\(name)-ca.pem", "\(name).pem", "\(name).key"]
    try server.folder.write(paths[0], PEM(label: "CERTIFICATE", bytes: authority.certificate.encoded).text)
    try server.folder.write(paths[1], PEM(label: "CERTIFICATE", bytes: leaf.encoded).text)
    try server.folder.write(paths[2], try #require(key.pkcs8PEM))
    return Device(serial: serial, certificate: paths[1], key: paths[2])
  }

  @Test func aManufacturersDeviceEnrollsOnceAndIsWatched() async throws {
    try await RunningServer.with { server in
      let device = try manufacture("maker", serial: "M-1", in: server)
      #expect(try await enroll(device, 1, at: server) == "401")
      let trust = ["trust", "add", "maker", "--certificate", server.folder.path + "/maker-ca.pem"]
      let added = try await server.touchmark(trust + ["--manufacturer", "maker", "--profile", "operational"])
      #expect(added.exit == 0, "\(added.transcript)")
      #expect(try await server.touchmark(["trust", "list"]).output.contains("maker"))
      #expect(try await enroll(device, 2, at: server) == "200")
      let shown: DeviceDetail = try await server.json(["device", "show", "M-1"])
      #expect(shown.device.manufacturer == "maker" && shown.device.state == "active")

      // The same factory identity with another key, while the first certificate is good.
      #expect(try await enroll(device, 3, at: server) == "200")
      let log: [AuditItem] = try await server.json(["audit", "list"])
      #expect(log.contains { $0.act == "device.clone-suspected" && $0.outcome == "alarm" })

      #expect(try await server.touchmark(["trust", "remove", "maker"]).exit == 0)
      #expect(try await enroll(device, 4, at: server) == "401")
    }
  }

  @Test func twoManufacturersMayUseOneSerial() async throws {
    try await RunningServer.with { server in
      for (number, maker) in ["east", "west"].enumerated() {
        let device = try manufacture(maker, serial: "SN-1", in: server)
        let added = try await server.touchmark([
          "trust", "add", maker, "--certificate", "\(server.folder.path)/\(maker)-ca.pem", "--manufacturer", maker,
          "--profile", "operational",
        ])
        #expect(added.exit == 0, "\(added.transcript)")
        // Their certificates would say the same: the second is refused until the profile names the manufacturer.
        #expect(try await enroll(device, number, at: server) == (number == 0 ? "200" : "409"))
      }
      let listed: [DeviceItem] = try await server.json(["device", "list", "--prefix", "SN-1"])
      #expect(listed.map(\.manufacturer) == ["east"])
    }
  }

  @Test func aRequestIsSignedByCommand() async throws {
    try await RunningServer.with { server in
      let made = try await Program(path: "/usr/bin/env").run(
        [
          "openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
          "b.key",
          "-subj", "/CN=broker.example", "-addext", "subjectAltName=DNS:broker.example", "-out", "b.csr",
        ], in: server.folder.path)
      #expect(made.exit == 0, "\(made.transcript)")
      let signed = try await server.touchmark(["certificate", "sign", "--csr", "b.csr", "--profile", "server"])
      #expect(signed.exit == 0, "\(signed.transcript)")
      let block = try #require(PEM.parse(signed.output)?.first)
      let certificate = try Certificate(parsing: block.bytes)
      #expect(certificate.subjectAlternativeNames == [.dnsName("broker.example")])
    }
  }
}

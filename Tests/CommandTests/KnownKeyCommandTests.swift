import AdministrationAPI
import Crypto
import Foundation
import TestKit
import Testing
import WireFormats

/// A device that no secret was made for, through the real program and curl.
@Suite(.serialized) struct KnownKeyCommandTests {
  @Test func aKnownKeyComesInWithoutASecret() async throws {
    try await RunningServer.with { server in
      let device = try TestDevice("SE-1")
      let hash = SHA256.hash(data: device.key.publicKey.encoded).map { String($0, radix: 16) }
        .map { $0.count == 1 ? "0" + $0 : $0 }.joined()
      let added = try await server.touchmark(
        ["device", "add", "SE-1", "--profile", "operational", "--key-sha256", hash])
      #expect(added.exit == 0 && !added.output.contains("secret is shown"), "\(added.transcript)")
      let path = server.folder.path
      let body = Base64.encode(try await device.request().encoded)
      try body.write(toFile: path + "/csr.b64", atomically: true, encoding: .utf8)
      let stranger = Base64.encode(try await TestDevice("SE-1").request().encoded)
      try stranger.write(toFile: path + "/stranger.b64", atomically: true, encoding: .utf8)
      for (file, status) in [("stranger", "401"), ("csr", "200"), ("csr", "200")] {
        let answer = try await Program(path: "/usr/bin/curl").run([
          "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", server.root, "-u", "SE-1:", "-H",
          "Content-Type: application/pkcs10", "--data-binary", "@\(path)/\(file).b64",
          server.https + "/.well-known/est/simpleenroll",
        ])
        #expect(answer.output == status, "\(file): \(answer.transcript)")
      }
      let shown: DeviceDetail = try await server.json(["device", "show", "SE-1"])
      #expect(shown.certificates.count == 1)
      let bad = try await server.touchmark(["device", "add", "SE-2", "--profile", "operational", "--key-sha256", "abc"])
      #expect(bad.exit == 1 && bad.errors.contains("64 characters"))
    }
  }

  @Test func aMakersManifestBringsItsDevicesIn() async throws {
    try await RunningServer.with { server in
      let manifest = try SampleManifest()
      let devices = try (1...3).map { try TestDevice("0123f1822c38dd7a0\($0)") }
      var entries = try devices.map { try manifest.entry($0.serial, $0.key.publicKey) }
      entries.append(try SampleManifest().entry("0123f1822c38dd7a04", try TestDevice("4").key.publicKey))
      let path = server.folder.path
      try SampleManifest.file(entries).replacing("]", with: ",{}]")
        .write(toFile: path + "/manifest.json", atomically: true, encoding: .utf8)
      try PEM(label: "CERTIFICATE", bytes: manifest.certificate.encoded).text
        .write(toFile: path + "/signer.pem", atomically: true, encoding: .utf8)
      let command = [
        "device", "import", "--manifest", path + "/manifest.json", "--signer", path + "/signer.pem", "--profile",
        "operational",
      ]
      let first = try await server.touchmark(command)
      #expect(first.exit == 1 && first.output == "3 added, 0 unchanged, 2 refused\n", "\(first.transcript)")
      #expect(first.errors.contains("line 4: it is signed by another") && first.errors.contains("line 5: "))
      #expect(try await server.touchmark(command).output == "0 added, 3 unchanged, 2 refused\n")
      let shown: DeviceDetail = try await server.json(["device", "show", devices[0].serial])
      #expect(shown.device.manufacturer == "Microchip Technology Inc" && shown.device.product == "ATECC608B")
      try Base64.encode(try await devices[0].request().encoded)
        .write(toFile: path + "/csr.b64", atomically: true, encoding: .utf8)
      let answer = try await Program(path: "/usr/bin/curl").run([
        "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", server.root, "-u", devices[0].serial + ":", "-H",
        "Content-Type: application/pkcs10", "--data-binary", "@\(path)/csr.b64",
        server.https + "/.well-known/est/simpleenroll",
      ])
      #expect(answer.output == "200")
    }
  }
}

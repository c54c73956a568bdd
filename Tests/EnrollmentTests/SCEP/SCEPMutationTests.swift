import Credentials
import Enrollment
import Issuance
import KeyCustody
import TestKit
import Testing
import WireFormats

/// Damaged messages over the whole door with real issuing: the octets that travel, the envelope under a signature that
/// holds, and the request inside, changed in its structure, signed by its key, encrypted and signed again. None crashes, none
/// hangs, and nothing is issued but what the profile gives to that device.
@Suite struct SCEPMutationTests {
  /// A debug build makes 10,000 in some 20 s.
  private static let count = MutationRun.count(otherwise: 10_000)

  @Test func nothingIsIssuedThatIsForbidden() async throws {
    let installation = try await TestInstallation()
    let enrolling = IssuedWatch(installation.enrollment) { certificate in
      let serials = certificate.subject.values(of: AttributeType.serialNumber)
      return certificate.isWithin([ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 2])], days: 7)
        && certificate.subjectAlternativeNames.isEmpty && serials.count == 1 && serials[0].hasPrefix("M-")
    }
    let scene = try await SCEPScene(in: installation, enrolling: enrolling)
    var run = MutationRun()
    try await damaged(scene, Self.count / 2, &run)
    try await requests(scene, enrolling, Self.count / 2, &run)
    run.report("SCEP")
    #expect(run.outcomes.count > 4 && enrolling.issued > 2, "\(run.outcomes)")
    #expect(run.outcomes.keys.allSatisfy { !$0.contains("503") }, "\(run.outcomes)")
    #expect(run.largest < MutationRun.hang)
  }

  private func take(_ message: [UInt8], _ scene: SCEPScene, _ run: inout MutationRun) async {
    let outcome = await run.take { () async -> String in
      do throws(Refusal) {
        let answer = try await scene.service.operate(message, profile: scene.profile, address: "192.0.2.1")
        return "\(answer.status) \(answer.refusal.map { $0.rule ?? $0.code.rawValue } ?? "")"
      } catch {
        return error.code.rawValue
      }
    }
    run.note(outcome)
  }

  /// The octets that travel, and the envelope in a message that is signed.
  private func damaged(_ scene: SCEPScene, _ count: Int, _ run: inout MutationRun) async throws {
    // P-256 signs again in microseconds what RSA would in a millisecond.
    let key = try SoftwareKey.generate(.p256)
    let client = try TestSCEPClient(key: key, serial: "M-1")
    let request = try TestSCEPClient.request(key, serial: "M-1", challenge: try await scene.register("M-1"))
    let envelope = try EnvelopedData.encode(content: request, to: [try scene.recipient], algorithm: .aes128CBC)
    for bytes in Mutations(of: try client.message(19, envelope: envelope), count: count / 2) {
      await take(bytes, scene, &run)
    }
    for (index, bytes) in Mutations(of: envelope, count: count / 2).enumerated() {
      await take(try client.message([17, 19, 20, 21, 22][index % 5], envelope: bytes), scene, &run)
    }
  }

  /// What is asked for, changed and signed again, with a challenge password that is right; used up, the next device asks.
  private func requests(
    _ scene: SCEPScene, _ enrolling: IssuedWatch, _ count: Int, _ run: inout MutationRun
  ) async throws {
    let recipient = try scene.recipient
    var (number, before) = (1, enrolling.issued)
    var asking: (client: TestSCEPClient, key: SoftwareKey, information: [UInt8])?
    for round in 0..<count {
      if enrolling.issued > before { asking = nil }
      if asking == nil {
        number += 1
        let key = try SoftwareKey.generate(.p256)
        let (serial, secret) = ("M-\(number)", try await scene.register("M-\(number)"))
        asking = (
          try TestSCEPClient(key: key, serial: serial), key,
          try Self.information(TestSCEPClient.request(key, serial: serial, challenge: secret))
        )
        before = enrolling.issued
      }
      guard let asking else { continue }
      var mutations = DERMutations(of: asking.information, count: 1, seed: UInt64(round) &* 0x9E37_79B9 &+ 3)
      guard let changed = mutations.next() else { continue }
      let request = CertificationRequest.assemble(
        changed, algorithm: asking.key.algorithm, signature: try asking.key.signature(over: changed))
      let type = round % 8 == 7 ? [17, 20, 21, 22][round / 8 % 4] : 19
      await take(try asking.client.message(type, content: request, to: [recipient]), scene, &run)
    }
  }

  /// A request's CertificationRequestInfo.
  private static func information(_ request: [UInt8]) throws -> [UInt8] {
    var outer = DERReader(request)
    var fields = try outer.readSequence()
    return Array(try fields.read(DERTag.sequence).encoded)
  }
}

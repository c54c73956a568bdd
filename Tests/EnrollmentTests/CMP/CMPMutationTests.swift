import Credentials
import Enrollment
import Foundation
import Issuance
import KeyCustody
import TestKit
import Testing
import WireFormats

/// Mutated messages against the whole door: none crashes, none is slow, and nothing is issued that the profile forbids.
/// Every other one is changed in its structure and protected again with keys that are right.
@Suite struct CMPMutationTests {
  /// `TOUCHMARK_MUTATIONS=100000` in `make proof`; fewer here, since each is a signature or two in debug.
  static let count = Int(ProcessInfo.processInfo.environment["TOUCHMARK_MUTATIONS"] ?? "") ?? 2000

  struct Sample {
    let kind: UInt8
    let content: [UInt8]
    let client: CMPClient
  }

  @Test func mutatedMessagesIssueNothingThatIsForbidden() async throws {
    let world = try await CMPWorld()
    let samples = try await samples(in: world)
    var outcomes: [String: Int] = [:]
    var slowest = Duration.zero
    var seed: UInt64 = 1
    let clock = ContinuousClock()
    for round in 0..<Self.count {
      let sample = samples[round % samples.count]
      seed += 1
      guard let octets = try mutated(sample, isStructural: round / samples.count % 2 == 0, seed: seed) else { continue }
      let began = clock.now
      let answer = await world.service.answer(octets, at: CMPAddress(client: "192.0.2.1"))
      slowest = max(slowest, clock.now - began)
      guard let message = answer.message else {
        outcomes["no message", default: 0] += 1
        continue
      }
      let reply = try CMPReply(parsing: message)
      outcomes["\(reply.kind)/\(reply.status ?? 0)/\(reply.failInfo.sorted())", default: 0] += 1
      if let issued = reply.certificate { try check(issued) }
    }
    // The deciding code was reached, in many ways.
    #expect(outcomes.count > 12, "\(outcomes)")
    // A hang, not a slow machine: what is measured is under 10 ms.
    #expect(slowest < .seconds(5), "\(slowest)")
  }

  /// Whatever comes out is what `operational` gives to one of the devices.
  private func check(_ encoded: [UInt8]) throws {
    let certificate = try Certificate(parsing: encoded)
    #expect(!certificate.isAuthority && certificate.keyUsage == [.digitalSignature])
    #expect(certificate.extendedKeyUsages == [ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 2])])
    #expect(certificate.subjectAlternativeNames.isEmpty)
    let serials = certificate.subject.values(of: AttributeType.serialNumber)
    #expect(serials.count == 1 && serials[0].hasPrefix("PUMP-"), "\(certificate.subject)")
  }

  private func samples(in world: CMPWorld) async throws -> [Sample] {
    let (device, certificate) = try await world.enroll("PUMP-1")
    let own = try Certificate(parsing: certificate)
    let signed = try world.client(device, certificate)
    let new = try TestDevice("PUMP-2")
    let secret = world.client("PUMP-2", try await world.register("PUMP-2"))
    let names = CertificateExtension(
      identifier: ExtensionID.subjectAlternativeName, critical: false,
      value: DERWriter.build { $0.sequence { $0.ia5String("pump.example", tag: DERTag.context(2)) } })
    return [
      Sample(kind: 0, content: try CMPClient.requests(new.key, subject: new.subject), client: secret),
      Sample(
        kind: 2,
        content: try CMPClient.requests(
          new.key, subject: new.subject,
          extensions: [
            .keyUsage([.digitalSignature]), .extendedKeyUsage([ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 2])]), names,
          ]),
        client: secret),
      Sample(kind: 4, content: try await new.request().encoded, client: secret),
      Sample(
        kind: 7, content: try CMPClient.requests(device.key, subject: device.subject, old: own), client: signed),
      Sample(kind: 11, content: CMPClient.revocation(own, reason: 1), client: secret),
      Sample(kind: 24, content: CMPClient.confirmation(certificate), client: signed),
      Sample(kind: 25, content: CMPClient.pollRequest(), client: signed),
      Sample(kind: 21, content: CMPClient.general(22, CMPClient.general(17)), client: signed),
      Sample(
        kind: 20,
        content: CMPClient.nested([
          try secret.message(0, CMPClient.requests(new.key, subject: new.subject))
        ]), client: signed),
    ]
  }

  /// Structural: the body is damaged and protected again; else the octets that travel are.
  private func mutated(_ sample: Sample, isStructural: Bool, seed: UInt64) throws -> [UInt8]? {
    var client = sample.client
    client.transactionID = CMPClient.random(16)
    guard isStructural else {
      var mutations = Mutations(
        of: try client.message(sample.kind, sample.content), count: 1, seed: seed &* 0x9E37_79B9)
      return mutations.next()
    }
    if seed % 5 == 0 { client.senderNonce = CMPClient.random(Int(seed % 40)) }
    if seed % 7 == 0 { client.recipientNonce = CMPClient.random(16) }
    var mutations = Mutations(of: sample.content, count: 1, seed: seed &* 0x9E37_79B9)
    let kind = seed % 11 == 0 ? UInt8(seed % 27) : sample.kind
    return try mutations.next().map { try client.message(kind, $0) }
  }
}

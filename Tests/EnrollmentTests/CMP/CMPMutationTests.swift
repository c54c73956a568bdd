import Credentials
import Enrollment
import Issuance
import KeyCustody
import TestKit
import Testing
import WireFormats

/// Mutated messages against the whole door with real issuing: none crashes, none hangs, and nothing is issued that the profile
/// forbids. Half are changed in their structure, what proves a key is signed again, and all is protected again with keys that
/// are right.
@Suite struct CMPMutationTests {
  /// A debug build makes 10,000 in some 20 s.
  private static let count = MutationRun.count(otherwise: 10_000)

  struct Sample {
    let kind: UInt8
    let content: [UInt8]
    let client: CMPClient
    /// What signs the request in it again after a change.
    var key: SoftwareKey?
  }

  @Test func mutatedMessagesIssueNothingThatIsForbidden() async throws {
    let world = try await CMPWorld()
    var (samples, number, issued) = (try await samples(in: world, 2), 2, 0)
    var run = MutationRun()
    for round in 0..<Self.count {
      let sample = samples[round % samples.count]
      let seed = UInt64(round) &* 0x9E37_79B9 &+ 5
      guard let octets = try mutated(sample, isStructural: round / samples.count % 2 == 0, seed: seed) else { continue }
      let answer = await run.take { await world.service.answer(octets, at: CMPAddress(client: "192.0.2.1")) }
      guard let message = answer.message else {
        run.note("no message")
        continue
      }
      let reply = try CMPReply(parsing: message)
      run.note("\(reply.kind)/\(reply.status ?? 0)/\(reply.failInfo.sorted())")
      guard let certificate = reply.certificate else { continue }
      issued += 1
      try check(certificate)
      // The secret is used up; the next device has a new one.
      if sample.kind != 7 {
        number += 1
        samples = try await self.samples(in: world, number)
      }
    }
    run.report("CMP")
    // The deciding code was reached, in many ways.
    #expect(run.outcomes.count > 12 && issued > 0, "\(run.outcomes)")
    #expect(run.largest < MutationRun.hang)
  }

  /// Whatever comes out is what `operational` gives to one of the devices.
  private func check(_ encoded: [UInt8]) throws {
    let certificate = try Certificate(parsing: encoded)
    #expect(certificate.isWithin([ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 2])], days: 7))
    #expect(certificate.subjectAlternativeNames.isEmpty)
    let serials = certificate.subject.values(of: AttributeType.serialNumber)
    #expect(serials.count == 1 && serials[0].hasPrefix("PUMP-"), "\(certificate.subject)")
  }

  /// - Parameter number: of a device that has no certificate yet.
  private func samples(in world: CMPWorld, _ number: Int) async throws -> [Sample] {
    let (device, certificate) = try await world.enroll("PUMP-A\(number)")
    let own = try Certificate(parsing: certificate)
    let signed = try world.client(device, certificate)
    let new = try TestDevice("PUMP-B\(number)")
    let secret = world.client(new.serial, try await world.register(new.serial))
    let names = CertificateExtension(
      identifier: ExtensionID.subjectAlternativeName, critical: false,
      value: DERWriter.build { $0.sequence { $0.ia5String("pump.example", tag: DERTag.context(2)) } })
    return [
      Sample(kind: 0, content: try CMPClient.requests(new.key, subject: new.subject), client: secret, key: new.key),
      Sample(
        kind: 2,
        content: try CMPClient.requests(
          new.key, subject: new.subject,
          extensions: [
            .keyUsage([.digitalSignature]), .extendedKeyUsage([ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 2])]), names,
          ]),
        client: secret, key: new.key),
      Sample(kind: 4, content: try await new.request().encoded, client: secret, key: new.key),
      Sample(
        kind: 7, content: try CMPClient.requests(device.key, subject: device.subject, old: own), client: signed,
        key: device.key),
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
    let kind = seed % 11 == 0 ? UInt8(seed % 27) : sample.kind
    return try Self.changed(sample, seed).map { try client.message(kind, $0) }
  }

  private static func changed(_ sample: Sample, _ seed: UInt64) throws -> [UInt8]? {
    guard let key = sample.key, seed % 4 != 0 else {
      var mutations = DERMutations(of: sample.content, count: 1, seed: seed)
      return mutations.next()
    }
    let isPKCS10 = sample.kind == 4
    var mutations = DERMutations(of: try signed(in: sample.content, isPKCS10: isPKCS10), count: 1, seed: seed)
    return try mutations.next().map { changed in
      let signature = try key.signature(over: changed)
      if isPKCS10 { return CertificationRequest.assemble(changed, algorithm: key.algorithm, signature: signature) }
      return CMPClient.requests(changed, signature: signature, by: key)
    }
  }

  /// What the request's key signs: CertificationRequestInfo, or CertRequest.
  private static func signed(in content: [UInt8], isPKCS10: Bool) throws -> [UInt8] {
    var outer = DERReader(content)
    var request = try outer.readSequence()
    if !isPKCS10 { request = try request.readSequence() }
    return Array(try request.read(DERTag.sequence).encoded)
  }
}

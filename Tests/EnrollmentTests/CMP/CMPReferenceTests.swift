import Credentials
import Enrollment
import Issuance
import KeyCustody
import TestKit
import Testing
import WireFormats

/// Nobody learns from answers, nor from the time that they take, which names there are.
@Suite struct CMPReferenceTests {
  private func request(_ world: CMPWorld, _ name: String, iterations: Int) throws -> [UInt8] {
    let device = try TestDevice("PUMP-1")
    let client = CMPClient(
      .passwordBasedMac(name: name, secret: EnrollmentSecret().text, iterations: iterations), at: world.now)
    return try client.message(0, CMPClient.requests(device.key, subject: device.subject))
  }

  /// The least of several, since whatever else the machine does only adds.
  private func cost(_ world: CMPWorld, _ name: String, iterations: Int) async throws -> Duration {
    let octets = try request(world, name, iterations: iterations)
    let clock = ContinuousClock()
    var least = Duration.seconds(3600)
    for _ in 0..<8 {
      let began = clock.now
      _ = try await world.send(octets)
      least = min(least, clock.now - began)
    }
    return least
  }

  /// Names with no secret, with one and with two.
  @Test func unknownNamesCostTheSame() async throws {
    let world = try await CMPWorld()
    _ = try await world.register("PUMP-1")
    _ = try await world.register("PUMP-2")
    world.secrets.add(EnrollmentSecret().text, to: "PUMP-2")
    // A signature and the store's work stand beside the derivation, which is most of it at this count.
    let costs = [
      try await cost(world, "PUMP-9", iterations: 10_000), try await cost(world, "PUMP-1", iterations: 10_000),
      try await cost(world, "PUMP-2", iterations: 10_000),
    ]
    for one in costs { for other in costs { #expect(one < other * 4, "\(costs)") } }
    // The derivation was computed for the name that is not there.
    let cheap = try await cost(world, "PUMP-9", iterations: 100)
    #expect(cheap < costs[0], "\(cheap) \(costs)")
  }

  /// The header's nonces and times apart, and the signature over them.
  @Test func unknownNamesAreAnsweredInTheSameWords() async throws {
    let world = try await CMPWorld()
    _ = try await world.register("PUMP-1")
    _ = try await world.register("PUMP-SUSPENDED")
    var bodies: Set<[UInt8]> = []
    var certificates: Set<[[UInt8]]> = []
    for name in ["PUMP-1", "PUMP-9", "PUMP-SUSPENDED", "no grant", String(repeating: "x", count: 128), "\u{0}"] {
      let reply = try await world.send(request(world, name, iterations: 500))
      #expect(reply.kind == 23 && reply.failInfo == [1])
      bodies.insert(reply.content)
      certificates.insert(reply.extraCertificates)
    }
    #expect(bodies.count == 1 && certificates.count == 1)
    #expect(world.transactions.count == 0)
  }
}

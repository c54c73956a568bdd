import Credentials
import Enrollment
import Foundation
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// What `openssl cmp` wrote, kept as it was (`Captured/README.md`), and answered again as when it was made.
@Suite struct CapturedMessageTests {
  private static let made = Instant(seconds: 1_795_285_084)
  private static let serial = "PUMP-CAP"
  private static let secret = "kept-for-a-test-and-worth-nothing-elsewhere1"

  private func message(_ name: String) throws -> [UInt8] {
    let url = try #require(Bundle.module.url(forResource: name, withExtension: "der", subdirectory: "Captured"))
    return Array(try Data(contentsOf: url))
  }

  private func world(lines: String = "") async throws -> CMPWorld {
    let world = try await CMPWorld(lines: lines, isStored: true, at: Self.made)
    try await RegisteredDevice.add(Self.serial, secret: Self.secret, in: world.installation)
    world.secrets.add(Self.secret, to: Self.serial)
    return world
  }

  @Test(
    arguments: [
      ("openssl-ir", 1), ("openssl-ir-implicit", 1), ("openssl-cr", 3), ("openssl-p10cr", 3),
    ] as [(String, UInt8)])
  func requestsAreAnsweredOnce(_ name: String, _ kind: UInt8) async throws {
    let world = try await world()
    let octets = try message(name)
    let reply = try await world.send(octets)
    #expect(reply.kind == kind && reply.certificate != nil, "\(name): \(reply.text ?? "")")
    #expect(reply.isConfirmedImplicitly == (name == "openssl-ir-implicit"))
    #expect(try await world.send(octets).encoded == reply.encoded)
    #expect(try await world.installed("operational") == 1)
    // Not a day later, by when its device may have gone elsewhere.
    world.installation.clock.advance(by: .days(1))
    let late = try await world.send(octets)
    #expect(late.kind == 23 && late.failInfo == [3])
  }

  @Test func whatWasWrongIsWrong() async throws {
    let world = try await world()
    let reply = try await world.send(try message("openssl-ir-no-proof"))
    #expect(reply.kind == 1 && reply.failInfo == [9])
    #expect(try await world.installed("operational") == 0)
  }

  @Test func generalMessage() async throws {
    let world = try await world()
    let reply = try await world.send(try message("openssl-genm"))
    #expect(reply.kind == 22)
    #expect(reply.content.firstRange(of: try #require(world.installation.authorities.root?.certificate)) != nil)
  }

  /// One octet changed anywhere is another message, which nobody protected.
  @Test func damageIsSeen() async throws {
    let world = try await world()
    let octets = try message("openssl-ir")
    for index in stride(from: 0, to: octets.count, by: 7) {
      var damaged = octets
      damaged[index] ^= 0x10
      let answer = await world.service.answer(damaged, at: CMPAddress(client: "192.0.2.1"))
      guard let message = answer.message else { continue }
      #expect(try CMPReply(parsing: message).certificate == nil, "octet \(index)")
    }
    #expect(try await world.installed("operational") == 0)
  }
}

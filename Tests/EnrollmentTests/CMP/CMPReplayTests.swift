import Credentials
import Enrollment
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// Every kind of message comes a second time, here and at another process of the same store: it is answered as before or
/// refused, and changes nothing.
@Suite struct CMPReplayTests {
  /// Sends twice, and a third time elsewhere.
  private func replay(
    _ octets: [UInt8], in world: CMPWorld, isRepeated: Bool, _ name: String
  ) async throws -> CMPReply {
    let first = try await world.send(octets)
    let before = try await world.standing()
    for service in [world.service, world.elsewhere] {
      let answer = await service.answer(octets, at: CMPAddress(client: "192.0.2.9"))
      let again = try CMPReply(parsing: try #require(answer.message))
      if isRepeated {
        #expect(again.encoded == first.encoded, "\(name)")
      } else {
        #expect(again.certificate == nil && again.status == 2, "\(name)")
      }
    }
    #expect(try await world.standing() == before, "\(name)")
    return first
  }

  @Test func certificateRequests() async throws {
    let world = try await CMPWorld(isStored: true)
    let device = try TestDevice("PUMP-1")
    let client = world.client("PUMP-1", try await world.register("PUMP-1"))
    let ir = try await replay(
      client.message(0, CMPClient.requests(device.key, subject: device.subject)), in: world, isRepeated: true, "ir")
    let own = try #require(ir.certificate)
    _ = try await replay(
      client.next(after: ir).message(24, CMPClient.confirmation(own)), in: world, isRepeated: true, "certConf")
    let next = try TestDevice("PUMP-1")
    _ = try await replay(
      world.client(device, own).message(7, CMPClient.requests(next.key, subject: device.subject)), in: world,
      isRepeated: true, "kur")
    let other = try TestDevice("PUMP-2")
    let second = world.client("PUMP-2", try await world.register("PUMP-2"))
    _ = try await replay(
      second.message(2, CMPClient.requests(other.key, subject: other.subject)), in: world, isRepeated: true, "cr")
    let third = world.client("PUMP-3", try await world.register("PUMP-3"))
    _ = try await replay(
      third.message(4, try await TestDevice("PUMP-3").request().encoded), in: world, isRepeated: true, "p10cr")
    #expect(try await world.installed("operational") == 4)
  }

  /// A device without a clock says no time: its messages are remembered for as long as they would be believed.
  @Test func withoutATime() async throws {
    let world = try await CMPWorld(isStored: true)
    let (device, own) = try await world.enroll("PUMP-1")
    var client = try world.client(device, own)
    client.messageTime = nil
    client.implicitConfirm = true
    let next = try TestDevice("PUMP-1")
    let message = try client.message(7, CMPClient.requests(next.key, subject: device.subject))
    let first = try await world.send(message)
    #expect(first.certificate != nil)
    for days in [Int64(1), 4, 30] {
      world.installation.clock.advance(by: .days(days))
      try await ExpirySweep(
        store: world.installation.store, organization: world.installation.organization,
        clock: world.installation.clock.now
      ).sweep()
      #expect(try await world.send(message).encoded == first.encoded)
    }
    #expect(try await world.installed("operational") == 2)
  }

  @Test func polling() async throws {
    let world = try await CMPWorld(lines: "approval: required", isStored: true)
    let device = try TestDevice("PUMP-1")
    let client = world.client("PUMP-1", try await world.register("PUMP-1"))
    let waiting = try await replay(
      client.message(0, CMPClient.requests(device.key, subject: device.subject)), in: world, isRepeated: true,
      "ir that waits")
    let still = try await replay(
      client.next(after: waiting).message(25, CMPClient.pollRequest()), in: world, isRepeated: true, "pollReq")
    try await world.approveAll()
    let given = try await replay(
      client.next(after: still).message(25, CMPClient.pollRequest()), in: world, isRepeated: true, "the last pollReq")
    #expect(given.certificate != nil)
    // The first message goes on getting its first answer.
    #expect(try await world.installed("operational") == 1)
  }

  @Test func aRejection() async throws {
    let world = try await CMPWorld(isStored: true)
    let device = try TestDevice("PUMP-1")
    let client = world.client("PUMP-1", try await world.register("PUMP-1"))
    let ir = try await world.send(client.message(0, CMPClient.requests(device.key, subject: device.subject)))
    let own = try #require(ir.certificate)
    _ = try await replay(
      client.next(after: ir).message(24, CMPClient.confirmation(own, accepted: false)), in: world, isRepeated: true,
      "certConf that rejects")
    #expect(try await world.status(of: own) == .revoked)
    // What is over is not opened again: the request gets what it got, which is revoked now.
    let again = try await world.send(client.message(0, CMPClient.requests(device.key, subject: device.subject)))
    #expect(again.kind == 23 && again.failInfo == [21])
  }

  @Test func revocationAndErrors() async throws {
    let world = try await CMPWorld(isStored: true)
    let (device, own) = try await world.enroll("PUMP-1")
    let certificate = try Certificate(parsing: own)
    _ = try await replay(
      world.client(device, own).message(11, CMPClient.revocation(certificate, reason: 1)), in: world,
      isRepeated: false, "rr")
    let other = try TestDevice("PUMP-2")
    let client = world.client("PUMP-2", try await world.register("PUMP-2"))
    let ir = try await world.send(client.message(0, CMPClient.requests(other.key, subject: other.subject)))
    let error = DERWriter.build { $0.sequence { $0.sequence { $0.integer(2) } } }
    _ = try await replay(client.next(after: ir).message(23, error), in: world, isRepeated: true, "error")
    #expect(try await world.status(of: try #require(ir.certificate)) == .good)
  }

  /// What is asked for is public, and is told anew each time.
  @Test func generalMessages() async throws {
    let world = try await CMPWorld(isStored: true)
    let message = try CMPClient(.none, at: world.now).message(21, CMPClient.general(17))
    let (first, second) = (try await world.send(message), try await world.send(message))
    #expect(first.content == second.content && first.senderNonce != second.senderNonce)
  }

  @Test func nestedMessages() async throws {
    let world = try await CMPWorld(isStored: true)
    var outer = try await world.appoint("gateway-7")
    let device = try TestDevice("PUMP-1")
    var inner = world.client("PUMP-1", try await world.register("PUMP-1"))
    inner.implicitConfirm = true
    let message = try inner.message(0, CMPClient.requests(device.key, subject: device.subject))
    let batch = try outer.message(20, CMPClient.nested([message]))
    let (first, second) = (try await world.send(batch), try await world.send(batch))
    #expect(first.kind == 20 && first.content == second.content)
    outer.transactionID = inner.transactionID
    let single = try outer.message(20, CMPClient.nested([message]))
    let bare = try await world.send(single)
    #expect(try await world.send(single).encoded == bare.encoded && bare.certificate != nil)
    #expect(try await world.installed("operational") == 1)
  }
}

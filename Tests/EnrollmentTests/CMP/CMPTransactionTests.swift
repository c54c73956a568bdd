import Credentials
import Enrollment
import Issuance
import KeyCustody
import TestKit
import Testing
import WireFormats

/// What outlives a message: replays, confirmations, polling.
@Suite struct CMPTransactionTests {
  @Test func aRequestSentAgainIsAnsweredAsBeforeAndIssuedOnce() async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    let client = world.client("PUMP-1", try await world.register("PUMP-1"))
    let message = try client.message(0, CMPClient.requests(device.key, subject: device.subject))
    let first = try await world.send(message)
    #expect(try await world.send(message).encoded == first.encoded)
    let confirmation = try client.next(after: first).message(
      24, CMPClient.confirmation(try #require(first.certificate)))
    let confirmed = try await world.send(confirmation)
    #expect(try await world.send(confirmation).encoded == confirmed.encoded)
    #expect(try await world.send(message).encoded == first.encoded)
    #expect(world.gate.issued == 1)
  }

  @Test func anUpdateSentAgainIsIssuedOnce() async throws {
    let world = try await CMPWorld()
    let (device, certificate) = try await world.enroll("PUMP-1")
    let next = try TestDevice("PUMP-1")
    let message = try world.client(device, certificate)
      .message(7, CMPClient.requests(next.key, subject: device.subject))
    let first = try await world.send(message)
    #expect(try await world.send(message).encoded == first.encoded)
    #expect(world.gate.issued == 2)
  }

  @Test func anotherMessageDoesNotTakeATransactionOver() async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    let client = world.client("PUMP-1", try await world.register("PUMP-1"))
    let first = try await world.send(client.message(0, CMPClient.requests(device.key, subject: device.subject)))
    var stranger = world.client("PUMP-2", try await world.register("PUMP-2"))
    stranger.transactionID = client.transactionID
    let other = try TestDevice("PUMP-2")
    let used = try await world.send(stranger.message(0, CMPClient.requests(other.key, subject: other.subject)))
    #expect(used.kind == 23 && used.failInfo == [21])
    var confirming = stranger.next(after: first)
    confirming.transactionID = client.transactionID
    let refused = try await world.send(
      confirming.message(24, CMPClient.confirmation(try #require(first.certificate), accepted: false)))
    #expect(refused.kind == 23 && refused.failInfo == [2])
    #expect(try await world.status(of: try #require(first.certificate)) == .good)
  }

  @Test func aCertificateThatIsNotTakenIsRevoked() async throws {
    let world = try await CMPWorld()
    let (device, certificate) = try await world.enroll("PUMP-1")
    let next = try TestDevice("PUMP-1")
    let client = try world.client(device, certificate)
    let reply = try await world.send(client.message(7, CMPClient.requests(next.key, subject: device.subject)))
    let given = try #require(reply.certificate)
    let confirmed = try await world.send(
      client.next(after: reply).message(24, CMPClient.confirmation(given, accepted: false)))
    #expect(confirmed.kind == 19)
    #expect(try await world.status(of: given) == .revoked)
    // The old one goes on, and gets another.
    #expect(try await world.status(of: certificate) == .good)
    let again = try await world.send(
      world.client(device, certificate).message(7, CMPClient.requests(next.key, subject: device.subject)))
    #expect(again.certificate != nil && again.certificate != given)
  }

  /// RFC 9483 §4.1.1: a device that cannot use what it was given says so, and lives on with what it had.
  @Test func aRejectedRenewalLeavesTheFormerCertificateToRenewWith() async throws {
    let world = try await CMPWorld(isStored: true)
    let (device, former) = try await world.enroll("PUMP-1")
    let next = try TestDevice("PUMP-1")
    var certificates: [[UInt8]] = []
    // With the same new key and with another, as often as it likes.
    for key in [next.key, next.key, try SoftwareKey.generate(.p256)] {
      let client = try world.client(device, former)
      let reply = try await world.send(
        client.message(
          7, CMPClient.requests(key, subject: device.subject, old: Certificate(parsing: former))))
      let given = try #require(reply.certificate, "\(reply.text ?? "")")
      let rejected = try await world.send(
        client.next(after: reply).message(24, CMPClient.confirmation(given, accepted: false)))
      #expect(rejected.kind == 19)
      #expect(try await world.status(of: given) == .revoked)
      #expect(try await world.status(of: former) == .good)
      certificates.append(given)
    }
    #expect(Set(certificates).count == 3)
    let client = try world.client(device, former)
    let last = try await world.send(client.message(7, CMPClient.requests(next.key, subject: device.subject)))
    let taken = try #require(last.certificate)
    let confirmed = try await world.send(client.next(after: last).message(24, CMPClient.confirmation(taken)))
    #expect(confirmed.kind == 19)
    #expect(try await world.status(of: taken) == .good)
    // And that one renews in its turn.
    let renewing = TestDevice(serial: "PUMP-1", key: next.key)
    let onward = try await world.send(
      world.client(renewing, taken).message(
        7, CMPClient.requests(try SoftwareKey.generate(.p256), subject: device.subject)))
    #expect(onward.certificate != nil, "\(onward.text ?? "")")
  }

  @Test func aCertificateThatIsNeverConfirmedStaysGoodAndIsGivenAgain() async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    let secret = try await world.register("PUMP-1")
    let first = try await world.send(
      world.client("PUMP-1", secret).message(0, CMPClient.requests(device.key, subject: device.subject)))
    // Another transaction, since the device forgot the first.
    let again = try await world.send(
      world.client("PUMP-1", secret).message(0, CMPClient.requests(device.key, subject: device.subject)))
    #expect(again.certificate == first.certificate && world.gate.issued == 1)
    #expect(try await world.status(of: try #require(first.certificate)) == .good)
  }

  @Test func aConfirmationSaysTheRightHashAndNonce() async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    let client = world.client("PUMP-1", try await world.register("PUMP-1"))
    let reply = try await world.send(client.message(0, CMPClient.requests(device.key, subject: device.subject)))
    let certificate = try #require(reply.certificate)
    var wrong = client.next(after: reply)
    wrong.recipientNonce = CMPClient.random(16)
    let nonce = try await world.send(wrong.message(24, CMPClient.confirmation(certificate)))
    #expect(nonce.kind == 23 && nonce.failInfo == [13])
    let hash = try await world.send(
      client.next(after: reply).message(
        24, CMPClient.confirmation(certificate, hash: [UInt8](repeating: 0, count: 32))))
    #expect(hash.kind == 23 && hash.failInfo == [4])
    let confirmed = try await world.send(
      client.next(after: reply).message(24, CMPClient.confirmation(certificate)))
    #expect(confirmed.kind == 19)
  }

  @Test func aRequestWaitsForAnOperatorAndIsPolledFor() async throws {
    let world = try await CMPWorld()
    world.gate.set(.wait)
    let device = try TestDevice("PUMP-1")
    let client = world.client("PUMP-1", try await world.register("PUMP-1"))
    let message = try client.message(0, CMPClient.requests(device.key, subject: device.subject))
    let waiting = try await world.send(message)
    #expect(waiting.kind == 1 && waiting.status == 3 && waiting.certificate == nil)
    #expect(try await world.send(message).encoded == waiting.encoded)
    let poll = try client.next(after: waiting).message(25, CMPClient.pollRequest())
    let still = try await world.send(poll)
    #expect(still.kind == 26)
    #expect(try await world.send(poll).encoded == still.encoded)
    let stale = try await world.send(client.next(after: waiting).message(25, CMPClient.pollRequest()))
    #expect(stale.failInfo == [13])
    world.gate.set(.pass)
    let given = try await world.send(client.next(after: still).message(25, CMPClient.pollRequest()))
    #expect(given.kind == 1 && given.certificate != nil)
    let confirmed = try await world.send(
      client.next(after: given).message(24, CMPClient.confirmation(try #require(given.certificate))))
    #expect(confirmed.kind == 19 && world.gate.issued == 1)
  }

  @Test func anOperatorsNoEndsATransaction() async throws {
    let world = try await CMPWorld()
    world.gate.set(.wait)
    let device = try TestDevice("PUMP-1")
    let client = world.client("PUMP-1", try await world.register("PUMP-1"))
    let waiting = try await world.send(client.message(0, CMPClient.requests(device.key, subject: device.subject)))
    world.gate.set(.refuse)
    let refused = try await world.send(client.next(after: waiting).message(25, CMPClient.pollRequest()))
    #expect(refused.kind == 1 && refused.status == 2 && refused.text == "not on a Friday")
    let over = try await world.send(client.next(after: refused).message(25, CMPClient.pollRequest()))
    #expect(over.kind == 23 && over.failInfo == [2])
  }

  @Test func aWaitingRequestIsItsSendersAlone() async throws {
    let world = try await CMPWorld()
    world.gate.set(.wait)
    let device = try TestDevice("PUMP-1")
    let client = world.client("PUMP-1", try await world.register("PUMP-1"))
    let waiting = try await world.send(client.message(0, CMPClient.requests(device.key, subject: device.subject)))
    world.gate.set(.pass)
    var stranger = world.client("PUMP-2", try await world.register("PUMP-2"))
    stranger.transactionID = client.transactionID
    let refused = try await world.send(stranger.next(after: waiting).message(25, CMPClient.pollRequest()))
    #expect(refused.kind == 23 && world.gate.issued == 0)
  }

  @Test func theSameMessageTwiceAtOnceIsIssuedOnce() async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    let client = world.client("PUMP-1", try await world.register("PUMP-1"))
    let message = try client.message(0, CMPClient.requests(device.key, subject: device.subject))
    let replies = try await withThrowingTaskGroup(of: CMPReply.self) { group in
      for _ in 0..<8 { group.addTask { try await world.send(message) } }
      return try await group.reduce(into: [CMPReply]()) { $0.append($1) }
    }
    #expect(Set(replies.compactMap(\.certificate)).count == 1 && world.gate.issued == 1)
    #expect(replies.allSatisfy { $0.certificate != nil || $0.failInfo == [21] })
  }
}

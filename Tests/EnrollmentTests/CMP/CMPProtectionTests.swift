import Credentials
import Enrollment
import Issuance
import KeyCustody
import TestKit
import Testing
import WireFormats

/// What is believed, and what is said to what is not.
@Suite struct CMPProtectionTests {
  func request(_ device: TestDevice) throws -> [UInt8] {
    try CMPClient.requests(device.key, subject: device.subject)
  }

  @Test func aWrongSecretAndAnUnknownNameGetTheSameAnswer() async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    _ = try await world.register("PUMP-1")
    for name in ["PUMP-1", "PUMP-9"] {
      let reply = try await world.send(
        world.client(name, EnrollmentSecret().text).message(0, request(device)))
      #expect(reply.kind == 23 && reply.failInfo == [1] && reply.text == "name or secret is wrong")
      // Nobody's secret protects it: the server signs.
      _ = try reply.signer()
    }
    #expect(world.wrong.value == ["PUMP-1", "PUMP-9"])
  }

  @Test func tooManyWrongSecretsAreToldSoAndTheRightOneIsTaken() async throws {
    let world = try await CMPWorld(throttledFor: 17)
    let device = try TestDevice("PUMP-1")
    let secret = try await world.register("PUMP-1")
    let reply = try await world.send(world.client("PUMP-1", EnrollmentSecret().text).message(0, request(device)))
    #expect(reply.failInfo == [24] && reply.text?.contains("17 s") == true)
    #expect(try await world.send(world.client("PUMP-1", secret).message(0, request(device))).certificate != nil)
  }

  @Test(arguments: [0, 99, 10_001, 1_000_000_000])
  func iterationsAreCapped(_ iterations: Int) async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    let secret = try await world.register("PUMP-1")
    let client = CMPClient(.passwordBasedMac(name: "PUMP-1", secret: secret, iterations: iterations), at: world.now)
    let reply = try await world.send(client.message(0, request(device)))
    #expect(reply.kind == 23 && reply.failInfo == [0])
  }

  /// PBKDF2 derives each block of a key by itself: a long one costs as more iterations do.
  @Test(arguments: [(32, 10_000, true), (33, 5_001, false), (64, 5_000, true), (64, 10_000, false)])
  func longKeysCostMore(_ length: Int, _ iterations: Int, _ isTaken: Bool) async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    let secret = try await world.register("PUMP-1")
    var client = CMPClient(.pbmac1(name: "PUMP-1", secret: secret, iterations: iterations), at: world.now)
    client.keyLength = length
    let reply = try await world.send(client.message(0, request(device)))
    #expect(isTaken ? reply.certificate != nil : reply.failInfo == [0])
  }

  @Test func headerAndBodyAreProtectedAsTheyCame() async throws {
    let world = try await CMPWorld()
    let (device, certificate) = try await world.enroll("PUMP-1")
    let message = try world.client(device, certificate).message(7, request(device))
    var refused = 0
    for index in stride(from: 30, to: message.count - certificate.count - 100, by: 3) {
      var changed = message
      changed[index] ^= 1
      let answer = await world.service.answer(changed, at: CMPAddress(client: "192.0.2.1"))
      if let octets = answer.message, let reply = try? CMPReply(parsing: octets) {
        #expect(reply.certificate == nil, "octet \(index)")
      }
      refused += 1
    }
    #expect(refused > 100 && world.gate.issued == 1)
  }

  @Test func senderAndSenderKIDAreTheCertificates() async throws {
    let world = try await CMPWorld()
    let (device, certificate) = try await world.enroll("PUMP-1")
    var client = try world.client(device, certificate)
    client.sender = DistinguishedName([.init(type: AttributeType.commonName, value: "PUMP-2")])
    #expect(try await world.send(client.message(7, request(device))).failInfo == [1])
    client.sender = nil
    client.senderKeyIdentifier = CMPClient.random(20)
    #expect(try await world.send(client.message(7, request(device))).failInfo == [1])
  }

  @Test func aStrangersCertificateIsRefusedInTheResponse() async throws {
    let world = try await CMPWorld()
    let stranger = try await CMPWorld()
    let (device, certificate) = try await stranger.enroll("PUMP-1")
    let reply = try await world.send(world.client(device, certificate).message(0, request(device)))
    #expect(reply.kind == 1 && reply.status == 2 && reply.failInfo == [20])
    #expect(world.transactions.count == 0, "a stranger leaves nothing in the store")
  }

  @Test func headersAreChecked() async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    let good = world.client("PUMP-1", try await world.register("PUMP-1"))
    let cases: [(Set<Int>, (inout CMPClient) -> Void)] = [
      ([18], { $0.senderNonce = CMPClient.random(15) }),
      ([5], { $0.transactionID = [] }),
      ([3], { $0.messageTime = world.now - .hours(2) }),
      ([3], { $0.messageTime = world.now + .hours(2) }),
      ([22], { $0.version = 1 }),
      ([22], { $0.version = 4 }),
    ]
    for (failInfo, change) in cases {
      var client = good
      change(&client)
      let reply = try await world.send(client.message(0, request(device)))
      #expect(reply.kind == 23 && reply.failInfo == failInfo)
    }
    #expect(world.gate.issued == 0)
    var timeless = good
    timeless.messageTime = nil
    #expect(try await world.send(timeless.message(0, request(device))).certificate != nil)
  }

  @Test func anUnprotectedRequestIsRefused() async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    for kind in [0, 2, 7, 11, 24, 25] as [UInt8] {
      let content =
        switch kind {
        case 11: CMPClient.revocation(try Certificate(parsing: world.installation.authorities.root?.certificate ?? []))
        case 24: CMPClient.confirmation([1])
        case 25: CMPClient.pollRequest()
        default: try request(device)
        }
      let reply = try await world.send(CMPClient(.none, at: world.now).message(kind, content))
      #expect(reply.kind == 23 && reply.failInfo == [1], "body \(kind)")
    }
  }

  @Test func anAddressTakesItsOwnOperations() async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    let client = world.client("PUMP-1", try await world.register("PUMP-1"))
    let wrong = try await world.send(client.message(0, request(device)), operation: .keyupdate)
    #expect(wrong.kind == 23 && wrong.failInfo == [2])
    #expect(try await world.send(client.message(0, request(device)), operation: .initialization).certificate != nil)
  }

  @Test func whatIsNoMessageIsNotAnswered() async throws {
    let world = try await CMPWorld()
    for octets in [[], [0x30, 0x00], [0x30, 0x80, 0x00, 0x00], Array("hello".utf8)] as [[UInt8]] {
      #expect(await world.service.answer(octets, at: CMPAddress(client: "192.0.2.1")).message == nil)
    }
    // A body that cannot be read is answered under its transaction.
    let client = CMPClient(.none, at: world.now)
    let reply = try await world.send(client.message(0, [0x05, 0x00]))
    #expect(reply.kind == 23 && reply.failInfo == [5] && reply.transactionID == client.transactionID)
  }
}

import Credentials
import Enrollment
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// rr, genm and nested.
@Suite struct CMPSupportTests {
  @Test func aDeviceRevokesItsOwn() async throws {
    let world = try await CMPWorld()
    let (device, certificate) = try await world.enroll("PUMP-1")
    let (_, other) = try await world.enroll("PUMP-2")
    let client = try world.client(device, certificate)
    let foreign = try await world.send(
      client.message(11, CMPClient.revocation(Certificate(parsing: other), reason: 1)))
    #expect(foreign.kind == 12 && foreign.status == 2 && foreign.failInfo == [4, 23])
    #expect(try await world.status(of: other) == .good)
    let hold = try await world.send(
      world.client(device, certificate).message(11, CMPClient.revocation(Certificate(parsing: certificate), reason: 6)))
    #expect(hold.status == 2 && hold.failInfo == [2])
    let message = try world.client(device, certificate)
      .message(11, CMPClient.revocation(Certificate(parsing: certificate), reason: 1))
    let reply = try await world.send(message)
    #expect(reply.kind == 12 && reply.status == 0)
    #expect(try await world.status(of: certificate) == .revoked)
    let again = try await world.send(message)
    #expect(again.status == 2 && again.failInfo == [10])
  }

  @Test func aRegistrationAuthorityRevokesWhatItEnrolledAndNothingElse() async throws {
    let world = try await CMPWorld()
    let (device, certificate) = try await world.enroll("GATEWAY-1")
    let (_, other) = try await world.enroll("PUMP-2")
    let actor = Actor(name: "gateway", role: .station, fingerprint: [])
    let fingerprint = try Certificate(parsing: certificate).fingerprint
    world.registrars.change { $0[fingerprint] = actor }
    let reply = try await world.send(
      world.client(device, certificate).message(11, CMPClient.revocation(Certificate(parsing: other))))
    #expect(reply.status == 2 && reply.failInfo == [4, 23])
    #expect(try await world.status(of: other) == .good)
  }

  @Test func authorityCertificatesAreToldToAnybody() async throws {
    let world = try await CMPWorld()
    let reply = try await world.send(CMPClient(.none, at: world.now).message(21, CMPClient.general(17)))
    #expect(reply.kind == 22)
    _ = try reply.signer()
    let root = try #require(world.installation.authorities.root?.certificate)
    #expect(reply.content.firstRange(of: root) != nil)
  }

  @Test func aTemplateSaysWhatToAskFor() async throws {
    let world = try await CMPWorld()
    let reply = try await world.send(
      CMPClient(.none, at: world.now).message(21, CMPClient.general(19)), label: "operational")
    #expect(reply.kind == 22)
    let usage = CertificateExtension.keyUsage([.digitalSignature]).encoded
    #expect(reply.content.firstRange(of: usage) != nil)
    let unknown = try await world.send(
      CMPClient(.none, at: world.now).message(21, CMPClient.general(19)), label: "nothing")
    #expect(unknown.kind == 23 && unknown.failInfo == [2])
  }

  @Test func aProfileThatIsClosedTellsNothing() async throws {
    let world = try await CMPWorld()
    for (type, label) in [(17, "idevid"), (19, "idevid"), (17, "nobody"), (19, "nobody")] {
      let reply = try await world.send(
        CMPClient(.none, at: world.now).message(21, CMPClient.general(UInt64(type))), label: label)
      #expect(reply.kind == 23, "\(type) \(label)")
    }
  }

  @Test func aListIsSentWhereItIsNewer() async throws {
    let world = try await CMPWorld()
    let authority = try #require(world.installation.authorities.active(.operational))
    func status(_ time: Instant?) -> [UInt8] {
      DERWriter.build {
        $0.sequence {
          $0.sequence {
            $0.constructed(DERTag.contextConstructed(1)) {
              $0.sequence {
                $0.constructed(DERTag.contextConstructed(4)) { $0.raw(authority.certificate.subject.encoded) }
              }
            }
            if let time { $0.time(time) }
          }
        }
      }
    }
    for (time, isSent) in [(nil, true), (world.now - .hours(2), true), (world.now, false)] as [(Instant?, Bool)] {
      let reply = try await world.send(
        CMPClient(.none, at: world.now).message(21, CMPClient.general(22, status(time))))
      #expect(reply.kind == 22)
      #expect((reply.content.firstRange(of: authority.certificate.encoded) != nil) == isSent)
    }
  }

  /// The value of the one item of a genp, of this type; nil where it has none.
  private func value(of reply: CMPReply, _ type: UInt64) throws -> DERElement? {
    #expect(reply.kind == 22)
    var outer = DERReader(reply.content)
    var items = try outer.readSequence()
    var item = try items.readSequence()
    try items.finish()
    #expect(try item.readObjectIdentifier() == ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 4, type]))
    return item.isAtEnd ? nil : try item.read()
  }

  /// RFC 9483 §4.3.2: newWithNew, newWithOld and oldWithNew.
  private func update(
    of root: [UInt8], in world: CMPWorld
  ) async throws -> (new: Certificate, newWithOld: Certificate?, oldWithNew: Certificate?)? {
    let reply = try await world.send(CMPClient(.none, at: world.now).message(21, CMPClient.general(20, root)))
    _ = try reply.signer()
    guard let value = try value(of: reply, 18) else { return nil }
    var fields = value.reader
    let new = try Certificate(parsing: Array(fields.read(DERTag.sequence).encoded))
    func optional(_ number: UInt8) throws -> Certificate? {
      try fields.readOptional(DERTag.contextConstructed(number)).map { try Certificate(parsing: Array($0.content)) }
    }
    let (first, second) = (try optional(0), try optional(1))
    try fields.finish()
    return (new, first, second)
  }

  /// A client that holds a root is led to the one after it, while that waits and when it is in force.
  @Test func aRootIsUpdated() async throws {
    let world = try await CMPWorld()
    let old = try Certificate(parsing: try #require(world.installation.authorities.root?.certificate))
    let ahead = try #require(try await update(of: old.encoded, in: world))
    #expect(ahead.newWithOld != nil && ahead.oldWithNew == nil)
    try await world.installation.succeedRoot()
    let new = try Certificate(parsing: try #require(world.installation.authorities.root?.certificate))
    let found = try #require(try await update(of: old.encoded, in: world))
    #expect(found.new == new && ahead.new == new)
    let (newWithOld, oldWithNew) = (try #require(found.newWithOld), try #require(found.oldWithNew))
    #expect(newWithOld == ahead.newWithOld)
    // RFC 9810 §4.4: each key certifies the other, so that either root's holders believe both.
    #expect(newWithOld.publicKey == new.publicKey && newWithOld.issuer == old.subject)
    #expect(oldWithNew.publicKey == old.publicKey && oldWithNew.issuer == new.subject)
    for (certificate, anchor) in [(newWithOld, old), (oldWithNew, new)] {
      #expect(certificate.isSigned(by: try #require(anchor.publicKey)))
    }
    // Who holds the new one is led on to the one that waits after it.
    #expect(try await update(of: new.encoded, in: world)?.oldWithNew == nil)
  }

  /// RFC 9483 §4.3.2: without an update the answer has no value.
  @Test func aStrangersRootHasNoUpdate() async throws {
    let world = try await CMPWorld()
    let stranger = try await TestInstallation()
    #expect(try await update(of: try #require(stranger.authorities.root?.certificate), in: world) == nil)
    let without = try await world.send(CMPClient(.none, at: world.now).message(21, CMPClient.general(20)))
    #expect(without.kind == 23 && without.failInfo == [2])
  }

  @Test func nestedMessagesComeFromARegistrationAuthority() async throws {
    let world = try await CMPWorld()
    let (gateway, certificate) = try await world.enroll("GATEWAY-1")
    let device = try TestDevice("PUMP-1")
    var inner = world.client("PUMP-1", try await world.register("PUMP-1"))
    inner.implicitConfirm = true
    let message = try inner.message(0, CMPClient.requests(device.key, subject: device.subject))
    var outer = try world.client(gateway, certificate)
    let refused = try await world.send(outer.message(20, CMPClient.nested([message])))
    #expect(refused.kind == 23 && refused.failInfo == [23])
    let fingerprint = try Certificate(parsing: certificate).fingerprint
    world.registrars.change { $0[fingerprint] = Actor(name: "gateway", role: .station, fingerprint: []) }
    // A batch has a transaction of its own, and an answer to each.
    let batch = try await world.send(outer.message(20, CMPClient.nested([message])))
    #expect(batch.kind == 20)
    var list = DERReader(batch.content)
    var messages = try list.readSequence()
    #expect(try CMPReply(parsing: Array(messages.read().encoded)).certificate != nil)
    // Added to one message, the same transaction's answer comes bare.
    outer.transactionID = inner.transactionID
    let single = try await world.send(outer.message(20, CMPClient.nested([message])))
    #expect(single.kind == 1 && single.certificate != nil && world.gate.issued == 2)
    // A batch has a transactionID of its own, or nothing of it is done.
    let other = try TestDevice("PUMP-2")
    let second = world.client("PUMP-2", try await world.register("PUMP-2"))
    let mixed = try await world.send(
      outer.message(
        20, CMPClient.nested([try second.message(0, CMPClient.requests(other.key, subject: other.subject)), message])))
    #expect(mixed.kind == 23 && mixed.failInfo == [2] && world.gate.issued == 2)
    let deep = try await world.send(
      outer.message(20, CMPClient.nested([outer.message(20, CMPClient.nested([message]))])))
    #expect(deep.kind == 23 && deep.failInfo == [2])
  }

  @Test func kindsThatNoClientSendsAreRefused() async throws {
    let world = try await CMPWorld()
    let (device, certificate) = try await world.enroll("PUMP-1")
    for kind in [1, 3, 5, 9, 13, 15, 18, 19, 22, 26] as [UInt8] {
      let reply = try await world.send(world.client(device, certificate).message(kind, [0x30, 0x00]))
      #expect(reply.kind == 23 && reply.failInfo == [2], "body \(kind)")
    }
  }
}

import Credentials
import Enrollment
import Foundation
import Issuance
import KeyCustody
import TestKit
import Testing
import WireFormats

/// Damaged messages, half of them damaged inside and signed again by a valid key: none ends the process, and none gets a
/// certificate that was not due.
@Suite struct SCEPMutationTests {
  /// `TOUCHMARK_MUTATIONS=100000` in `make proof`.
  private static let count = ProcessInfo.processInfo.environment["TOUCHMARK_MUTATIONS"].flatMap { Int($0) } ?? 2000

  @Test func nothingIsIssued() async throws {
    let refusal = Refusal(.unauthenticated, "wrong secret")
    let enrolling = TurnEnrolling([.failure(refusal)])
    let scene = try await SCEPScene(enrolling: enrolling)
    // P-256 signs again in microseconds what RSA would in a millisecond.
    let key = try SoftwareKey.generate(.p256)
    let client = try TestSCEPClient(key: key, serial: "M-1")
    let request = try TestSCEPClient.request(key, serial: "M-1", challenge: "challenge")
    let recipient = try scene.recipient
    let envelope = try EnvelopedData.encode(content: request, to: [recipient], algorithm: .aes128CBC)
    let message = try client.message(19, envelope: envelope)
    var (answered, refused) = (0, 0)
    func take(_ bytes: [UInt8]) async throws {
      do throws(Refusal) {
        let answer = try await scene.service.operate(bytes, profile: scene.profile, address: "192.0.2.1")
        #expect(answer.refusal != nil)
        answered += 1
      } catch {
        #expect(error.code == .badRequest)
        refused += 1
      }
    }
    for bytes in Mutations(of: message, count: Self.count / 2) { try await take(bytes) }
    for bytes in Mutations(of: envelope, count: Self.count / 4) { try await take(client.message(19, envelope: bytes)) }
    for (index, bytes) in Mutations(of: request, count: Self.count / 4).enumerated() {
      let type = [17, 19, 20, 21, 22][index % 5]
      try await take(client.message(type, content: bytes, to: [recipient]))
    }
    #expect(answered > Self.count / 4)
    #expect(answered + refused >= Self.count - 4)
    // What got through to be decided was a request whose own signature held.
    #expect(enrolling.asked.allSatisfy { $0.request.verifyProofOfPossession() })
  }
}

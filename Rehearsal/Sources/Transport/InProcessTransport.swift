import DeviceClient
import Enrollment
import Issuance
import WireFormats

/// Bytes to `ESTService` and bytes back, without sockets. The handshake's two questions are asked all the same: the
/// device judges the server's chain, and the server sees the certificate whose key the device holds.
struct InProcessTransport: Transport {
  let est: ESTService
  let presence: ServerPresence

  func exchange(_ message: ESTMessage, of memory: DeviceMemory, at clock: Instant) async -> ESTReply? {
    guard memory.trusts(server: presence.chain, called: WorldFolder.host, at: clock) else { return nil }
    let answer: ESTAnswer
    do throws(Refusal) {
      answer = try await ask(message, memory)
    } catch {
      answer = ESTAnswer(error)
    }
    return ESTReply(status: answer.status, retryAfter: answer.retryAfter, body: answer.body)
  }

  private func ask(_ message: ESTMessage, _ memory: DeviceMemory) async throws(Refusal) -> ESTAnswer {
    let request = Self.request(message, memory)
    guard request.operation != .cacerts else { return try await est.cacerts(request) }
    return try await est.enroll(request, credential: try request.credential(), body: message.body)
  }

  private static func request(_ message: ESTMessage, _ memory: DeviceMemory) -> ESTRequest {
    let operation: ESTOperation =
      switch message.operation {
      case .cacerts: .cacerts
      case .simpleenroll: .simpleenroll
      case .simplereenroll: .simplereenroll
      }
    let basic = message.authorization.flatMap {
      BasicAuthorization(parsing: "Basic " + Base64.encode(Array("\($0.name):\($0.secret)".utf8)))
    }
    return ESTRequest(
      operation: operation, label: nil, contentType: message.contentType, authorization: basic,
      certificate: message.showsCertificate ? memory.identity?.certificate.encoded : nil, chain: [],
      address: "192.0.2.1")
  }
}

import DeviceClient
import WireFormats

/// What the server's own API answered.
struct RESTAnswer {
  let status: Int
  /// Nil where the body is no JSON.
  let value: JSONValue?
  let reply: ESTReply

  /// RFC 9457: what a problem says of itself. It is shown, never believed.
  var words: String? { (value?["detail"] ?? value?["title"])?.text.map(LineOfText.printable) }
}

extension ESTTransport {
  /// Far over what an answer here has.
  private static let longestJSON = 1 << 18

  /// One call of `/api/v1`, on the connection that is there.
  ///
  /// - Parameter secret: Shown as HTTP Basic; without one the handshake shows the device's certificate.
  func post(
    _ path: String, _ body: JSONValue?, as secret: DeviceMemory.FirstSecret?, of memory: DeviceMemory, at clock: Instant
  ) throws(AgentFailure) -> RESTAnswer {
    let carrier = try carrier(showing: secret == nil ? memory.identity : nil, memory, at: clock)
    KillPoint.pass("sending-\(path)")
    let response = try carrier.send(
      HTTPRequest(json: body, to: server.path + "/api/v1" + path, as: secret), longestBody: Self.longestJSON)
    KillPoint.pass("answered-\(path)")
    let answer = RESTAnswer(
      status: response.status, value: try? JSONParser.parse(response.body), reply: Self.reply(response))
    if !(200..<300).contains(response.status) { lastWords = answer.words ?? Self.line(response.body) }
    return answer
  }
}

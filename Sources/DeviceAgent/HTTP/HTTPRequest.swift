import DeviceClient
import WireFormats

/// A request as it goes out (RFC 9112 §3). All fields are ours, so that nothing needs escaping but what is encoded here.
struct HTTPRequest: Sendable {
  var method = "GET"
  var path: String
  var fields: [(String, String)] = []
  var body: [UInt8] = []

  init(path: String) { self.path = path }

  /// - Parameter base: What the server's address has as a path: nothing, a label's place (RFC 7030 §3.2.2,
  ///   `/.well-known/est/LABEL`), or where a proxy has put the server.
  init(_ message: ESTMessage, base: String) {
    let isLabel = base.hasPrefix(Self.wellKnown) && base.utf8.count > Self.wellKnown.utf8.count
    path = isLabel ? "\(base)/\(message.operation.rawValue)" : base + message.path
    if let type = message.contentType {
      method = "POST"
      body = message.body
      fields = [("Content-Type", type), ("Content-Length", "\(body.count)")]
    }
    if let home = message.keyHome { fields.append(("Touchmark-Key-Home", home)) }
    if let basic = message.authorization { fields.append(Self.authorization(basic)) }
  }

  /// One call of the server's API.
  init(json: JSONValue?, to path: String, as secret: DeviceMemory.FirstSecret?) {
    (method, self.path) = ("POST", path)
    body = json.map { Array($0.written().utf8) } ?? []
    if json != nil { fields.append(("Content-Type", "application/json")) }
    fields.append(("Content-Length", "\(body.count)"))
    if let secret { fields.append(Self.authorization(secret)) }
  }

  private static func authorization(_ basic: DeviceMemory.FirstSecret) -> (String, String) {
    ("Authorization", "Basic " + Base64.encode(Array("\(basic.name):\(basic.secret)".utf8)))
  }

  private static let wellKnown = "/.well-known/est/"

  func octets(host: String) -> [UInt8] {
    var text = "\(method) \(path.isEmpty ? "/" : path) HTTP/1.1\r\nHost: \(host)\r\n"
    for (name, value) in fields { text += "\(name): \(value)\r\n" }
    return Array((text + "\r\n").utf8) + body
  }
}

import WireFormats

/// What a server answered.
public struct HTTPResponse: Hashable, Sendable {
  public let status: Int
  /// Names in lower case, in the order in which they came.
  public let fields: [(name: String, value: String)]
  public let body: [UInt8]
  /// Whether the connection can carry another request.
  public let keepsAlive: Bool

  public func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }

  public static func == (left: HTTPResponse, right: HTTPResponse) -> Bool {
    left.status == right.status && left.body == right.body && left.keepsAlive == right.keepsAlive
      && left.fields.map(\.name) == right.fields.map(\.name) && left.fields.map(\.value) == right.fields.map(\.value)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(status)
    hasher.combine(body)
  }
}

/// Why octets are not an answer of HTTP/1.1.
public enum HTTPResponseError: Error, Hashable, Sendable {
  case malformed(String)
  /// A line, the head, or the body is longer than what is taken.
  case tooLong(String)
  /// The connection ended before the answer did.
  case endedEarly
}

/// Reads one answer of HTTP/1.1 (RFC 9112) as it arrives in parts. It does what an EST server and a place for revocation
/// lists need, and refuses what two readers could understand differently: folded fields, several lengths, a length beside
/// chunks.
public struct HTTPResponseParser: Sendable {
  static let longestHead = 16_384
  private static let longestChunkLine = 256
  private static let mostFields = 100

  private enum State {
    case head
    case body(left: Int)
    case untilEnd
    case chunkSize
    case chunk(left: Int)
    case chunkEnd
    case trailer
    case done
  }

  private let longestBody: Int
  private var state = State.head
  private var waiting: [UInt8] = []
  private var status = 0
  private var fields: [(name: String, value: String)] = []
  private var body: [UInt8] = []
  private var keepsAlive = false
  private var taken = 0

  /// - Parameter longestBody: Octets; a longer body is an error as soon as its length is known.
  public init(longestBody: Int) { self.longestBody = longestBody }

  /// Nil while more is to come.
  public mutating func read(_ octets: some Sequence<UInt8>) throws(HTTPResponseError) -> HTTPResponse? {
    waiting += octets
    while try step() {}
    // What was read is dropped once, not octet by octet.
    waiting.removeFirst(taken)
    taken = 0
    guard case .done = state else { return nil }
    // RFC 9112 §9.2: what follows an answer that nobody asked for is no answer.
    return HTTPResponse(status: status, fields: fields, body: body, keepsAlive: keepsAlive && waiting.isEmpty)
  }

  /// The connection ended.
  public mutating func end() throws(HTTPResponseError) -> HTTPResponse {
    guard case .untilEnd = state else { throw .endedEarly }
    return HTTPResponse(status: status, fields: fields, body: body, keepsAlive: false)
  }

  private var left: Int { waiting.count - taken }

  /// Whether it can go on.
  private mutating func step() throws(HTTPResponseError) -> Bool {
    switch state {
    case .head:
      guard let line = try line(longest: Self.longestHead) else { return false }
      try head(line)
    case .body(let count):
      state = try take(count).map { .body(left: $0) } ?? .done
    case .untilEnd:
      guard left > 0 else { return false }
      _ = try take(left)
      return false
    case .chunkSize:
      guard let line = try line(longest: Self.longestChunkLine) else { return false }
      try chunk(line)
    case .chunk(let count):
      state = try take(count).map { .chunk(left: $0) } ?? .chunkEnd
    case .chunkEnd:
      guard let line = try line(longest: 2) else { return false }
      guard line.isEmpty else { throw .malformed("chunk") }
      state = .chunkSize
    case .trailer:
      guard let line = try line(longest: Self.longestHead) else { return false }
      if line.isEmpty { state = .done }
    case .done: return false
    }
    if case .body(let count) = state, count > 0, left == 0 { return false }
    if case .chunk(let count) = state, count > 0, left == 0 { return false }
    return true
  }

  /// Takes up to `count` octets of body; nil once there is nothing left to take.
  private mutating func take(_ count: Int) throws(HTTPResponseError) -> Int? {
    let now = min(count, left)
    guard body.count + now <= longestBody else { throw .tooLong("body") }
    body += waiting[taken..<taken + now]
    taken += now
    return count == now ? nil : count - now
  }

  private var headOctets = 0

  /// A line without its end; nil while it is not whole. RFC 9112 §2.2: a bare LF is taken as an end.
  private mutating func line(longest: Int) throws(HTTPResponseError) -> [UInt8]? {
    guard let end = waiting[taken...].firstIndex(of: 0x0A) else {
      guard left <= longest else { throw .tooLong("line") }
      return nil
    }
    var line = waiting[taken..<end]
    headOctets += line.count + 1
    guard line.count <= longest, headOctets <= Self.longestHead + longestBody else { throw .tooLong("line") }
    if line.last == 0x0D { line = line.dropLast() }
    taken = end + 1
    guard !line.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else { throw .malformed("line") }
    return Array(line)
  }

  private mutating func head(_ line: [UInt8]) throws(HTTPResponseError) {
    guard status != 0 else { return try statusLine(line) }
    guard line.isEmpty else { return try field(line) }
    // RFC 9110 §15.2: an interim answer is followed by the real one.
    if (100...199).contains(status) {
      (status, fields) = (0, [])
      return
    }
    try chooseBody()
  }

  private mutating func statusLine(_ line: [UInt8]) throws(HTTPResponseError) {
    let parts = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 2)
    guard parts.count >= 2, parts[0] == "HTTP/1.1" || parts[0] == "HTTP/1.0", parts[1].utf8.count == 3,
      let code = Int(parts[1]), (100...599).contains(code), code != 101
    else { throw .malformed("status line") }
    status = code
    keepsAlive = parts[0] == "HTTP/1.1"
  }

  private mutating func field(_ line: [UInt8]) throws(HTTPResponseError) {
    guard fields.count < Self.mostFields, headOctets <= Self.longestHead else { throw .tooLong("head") }
    // RFC 9112 §5.1: no white space before the colon; §5.2: no folded lines.
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
      line[..<colon].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { throw .malformed("field") }
    let isBlank = { (octet: UInt8) in octet == 0x20 || octet == 0x09 }
    let value = line[(colon + 1)...].drop(while: isBlank).reversed().drop(while: isBlank).reversed()
    fields.append(
      (String(decoding: line[..<colon], as: UTF8.self).lowercased(), String(decoding: Array(value), as: UTF8.self)))
  }

  /// RFC 9112 §6.3.
  private mutating func chooseBody() throws(HTTPResponseError) {
    let lengths = fields.filter { $0.name == "content-length" }.map(\.value)
    let codings = fields.filter { $0.name == "transfer-encoding" }.map { $0.value.lowercased() }
    if fields.contains(where: { $0.name == "connection" && $0.value.lowercased().contains("close") }) {
      keepsAlive = false
    }
    if status == 204 || status == 304 {
      state = .done
    } else if codings == ["chunked"], lengths.isEmpty {
      state = .chunkSize
    } else if codings.isEmpty, lengths.count == 1 {
      guard let length = lengths.first.flatMap(Self.number) else { throw .malformed("Content-Length") }
      guard length <= longestBody else { throw .tooLong("body") }
      state = length == 0 ? .done : .body(left: length)
    } else if codings.isEmpty, lengths.isEmpty {
      (state, keepsAlive) = (.untilEnd, false)
    } else {
      throw .malformed("length")
    }
  }

  private static func number(_ text: String) -> Int? {
    guard (1...12).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }

  /// RFC 9112 §7.1.
  private mutating func chunk(_ line: [UInt8]) throws(HTTPResponseError) {
    let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
    guard (1...8).contains(digits.count), digits.allSatisfy({ Hex.isDigit($0) }),
      let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw .malformed("chunk") }
    guard size <= longestBody - body.count else { throw .tooLong("body") }
    state = size == 0 ? .trailer : .chunk(left: size)
  }
}

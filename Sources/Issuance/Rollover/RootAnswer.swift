import Credentials
import Crypto
import Registry
import WireFormats

/// What a root signed for a request, in the order of the request's tasks.
///
/// Nothing vouches for the file but the root's own signatures in it: whoever installs it checks each against what was
/// asked.
public struct RootAnswer: Hashable, Sendable {
  public enum Part: Hashable, Sendable {
    /// DER.
    case certificate([UInt8])
    /// DER of a CRL.
    case list([UInt8])
    /// A new root: its certificate, the road to it, and its empty list, DER.
    case founded(root: [UInt8], newWithOld: [UInt8], list: [UInt8])
    /// Over a statement's text, as the root's key signs by default.
    case signature([UInt8])
  }

  public var request: RootRequestID
  /// SHA-256 of the request's text, without its signatures.
  public var requestDigest: [UInt8]
  public var parts: [Part]
  /// The statement that approvers signed for it, where they have to.
  public var approval: String?

  static let title = "touchmark/root-answer/v1"
  static let maximumOctets = 512 * 1024

  public init(to request: RootRequest, parts: [Part], approval: String? = nil) {
    self.request = request.id
    self.approval = approval
    requestDigest = Self.digest(of: request)
    self.parts = parts
  }

  static func digest(of request: RootRequest) -> [UInt8] { Array(SHA256.hash(data: Array(request.text.utf8))) }

  public var text: String {
    var text = LineText()
    text.add(line: Self.title)
    text.add("request", request.rawValue)
    text.add("request-sha256", Hex.encode(requestDigest))
    if let approval { text.add("approval", Base64.encode(Array(approval.utf8))) }
    for part in parts {
      switch part {
      case .certificate(let octets): text.add("certificate", Base64.encode(octets))
      case .list(let octets): text.add("list", Base64.encode(octets))
      case .signature(let octets): text.add("signature", Base64.encode(octets))
      case .founded(let root, let newWithOld, let list):
        text.add("root", Base64.encode(root))
        text.add("root-new-with-old", Base64.encode(newWithOld))
        text.add("root-list", Base64.encode(list))
      }
    }
    return text.text
  }

  /// - Throws: `badRequest` for a text that is none.
  public init(text: String) throws(Refusal) {
    guard text.utf8.count <= Self.maximumOctets else { throw Refusal(.badRequest, "the answer is too long") }
    do throws(LineError) {
      try self.init(lines: text)
    } catch {
      throw Refusal(.badRequest, "this is no root's answer: the line '\(error.expected)' is not there as it should be")
    }
  }

  private init(lines text: String) throws(LineError) {
    func octets(_ text: String) -> [UInt8]? { Base64.decode(Array(text.utf8)) }
    var lines = LineReader(text)
    try lines.take(line: Self.title)
    request = try lines.take("request", RootRequestID.init(rawValue:))
    requestDigest = try lines.take("request-sha256") { Hex.decode($0) }
    approval =
      lines.nextName == "approval"
      ? try lines.take("approval") { octets($0).flatMap { String(validating: $0, as: UTF8.self) } } : nil
    parts = []
    while !lines.isAtEnd, parts.count < RootRequest.maximumTasks {
      switch lines.nextName {
      case "certificate": parts.append(.certificate(try lines.take("certificate", octets)))
      case "list": parts.append(.list(try lines.take("list", octets)))
      case "signature": parts.append(.signature(try lines.take("signature", octets)))
      default:
        parts.append(
          .founded(
            root: try lines.take("root", octets), newWithOld: try lines.take("root-new-with-old", octets),
            list: try lines.take("root-list", octets)))
      }
    }
    guard lines.isAtEnd else { throw LineError(expected: "the end") }
  }
}

import WireFormats

/// PKIStatusInfo (RFC 9810 §5.2.3); thrown where it says why nothing is done.
///
/// ```
/// PKIStatusInfo ::= SEQUENCE {
///      status PKIStatus, statusString PKIFreeText OPTIONAL, failInfo PKIFailureInfo OPTIONAL }
/// ```
public struct PKIStatusInfo: Error, Hashable, Sendable {
  public enum PKIStatus: Int, Hashable, Sendable {
    case accepted, grantedWithMods, rejection, waiting, revocationWarning, revocationNotification, keyUpdateWarning
  }

  public let status: PKIStatus
  /// For a person at the client's side.
  public let text: String?
  public let failInfo: PKIFailureInfo
  /// For the log alone.
  public let detail: String?

  public init(_ status: PKIStatus, text: String? = nil, failInfo: PKIFailureInfo = [], detail: String? = nil) {
    (self.status, self.text, self.failInfo, self.detail) = (status, text, failInfo, detail)
  }

  public static func rejection(_ failInfo: PKIFailureInfo, _ text: String, detail: String? = nil) -> PKIStatusInfo {
    PKIStatusInfo(.rejection, text: text, failInfo: failInfo, detail: detail)
  }

  func write(to writer: inout DERWriter) {
    writer.sequence {
      $0.integer(status.rawValue)
      if let text { $0.sequence { $0.utf8String(text) } }
      if !failInfo.isEmpty { failInfo.write(to: &$0) }
    }
  }

  init(parsing reader: inout DERReader) throws(DERError) {
    var fields = try reader.readSequence()
    guard let status = PKIStatus(rawValue: try fields.readSmallInteger()) else { throw .badInteger }
    var text: String?
    if var free = try fields.readOptional(DERTag.sequence)?.reader, !free.isAtEnd {
      text = String(decoding: try free.read(DERTag.utf8String).content.prefix(512), as: UTF8.self)
    }
    let bits = try fields.readOptional(DERTag.bitString)
    try fields.finish()
    self.init(status, text: text, failInfo: bits.map { PKIFailureInfo(bitString: $0.content) } ?? [])
  }
}

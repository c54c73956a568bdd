/// What is sent back, and what the log is told of it.
public struct CMPAnswer: Sendable {
  /// A PKIMessage, DER; nil where what arrived is none, so that nothing can be answered.
  public let message: [UInt8]?
  /// The body that was asked with, for the log.
  public let kind: PKIBody.Kind?
  /// Why nothing was done, where nothing was.
  public let failure: PKIStatusInfo?
  /// Who asked, for the log.
  public let sender: String

  init(_ message: [UInt8]?, to kind: PKIBody.Kind?, failure: PKIStatusInfo? = nil, sender: String = "") {
    (self.message, self.kind, self.failure, self.sender) = (message, kind, failure, sender)
  }
}

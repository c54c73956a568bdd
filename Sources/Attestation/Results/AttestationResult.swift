import WireFormats

/// What an appraisal came to, for those who asked and for third parties.
public struct AttestationResult: Hashable, Sendable {
  public enum Status: String, Hashable, Sendable, CaseIterable {
    case trusted, warning, failed
  }

  /// How one measurement compares with its reference (RFC 9711 §4.2.16).
  public enum Comparison: String, Hashable, Sendable, CaseIterable {
    case success, fail, absent
    case notRun = "not-run"
  }

  public struct Measurement: Hashable, Sendable {
    /// For example `sha256:7`.
    public let name: String
    public let comparison: Comparison

    public init(name: String, comparison: Comparison) { (self.name, self.comparison) = (name, comparison) }
  }

  /// Who appraised.
  public var issuer: String
  /// The device, by its identifier here.
  public var subject: String
  /// The serial that people know it by.
  public var serial: String?
  /// Of the firmware whose reference values were compared; nil where none were.
  public var firmwareVersion: String?
  public var status: Status
  /// In words, for operators; empty when trusted.
  public var reasons: [String]
  /// The quote's, so that whoever gave it knows that this answers it.
  public var nonce: [UInt8]
  public var measurements: [Measurement]
  public var issuedAt: Instant
  public var expiresAt: Instant

  public init(
    issuer: String, subject: String, serial: String? = nil, firmwareVersion: String? = nil, status: Status,
    reasons: [String], nonce: [UInt8], measurements: [Measurement], issuedAt: Instant, expiresAt: Instant
  ) {
    (self.serial, self.firmwareVersion) = (serial, firmwareVersion)
    (self.issuer, self.subject, self.status, self.reasons) = (issuer, subject, status, reasons)
    (self.nonce, self.measurements) = (nonce, measurements)
    (self.issuedAt, self.expiresAt) = (issuedAt, expiresAt)
  }
}

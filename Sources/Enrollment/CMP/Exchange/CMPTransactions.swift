import Issuance
import WireFormats

/// Where transactions lie between their messages, by their identifier.
public protocol CMPTransactions: Sendable {
  func transaction(_ identifier: String) async throws(Refusal) -> [UInt8]?
  /// Writes a new one, or replaces what is there if it is still `old`.
  /// - Parameter old: nil where there must be none yet.
  /// - Returns: false when another came first.
  func put(
    _ state: [UInt8], replacing old: [UInt8]?, of identifier: String, until expiry: Instant
  ) async throws(Refusal) -> Bool
}

import WireFormats

/// What a profile adds to the rules that hold for all certificates.
public struct LintLimits: Sendable, Hashable {
  /// The longest time from notBefore to notAfter; nil for none but the issuer's own end.
  public var maximumValidity: Span?
  /// IEEE 802.1AR §8.7: an IDevID's notAfter is 99991231235959Z, and no other certificate's is.
  public var neverExpires: Bool
  public var keyAlgorithms: Set<KeyAlgorithm>

  public init(
    maximumValidity: Span? = nil, neverExpires: Bool = false,
    keyAlgorithms: Set<KeyAlgorithm> = Set(KeyAlgorithm.allCases)
  ) {
    (self.maximumValidity, self.neverExpires) = (maximumValidity, neverExpires)
    self.keyAlgorithms = keyAlgorithms
  }
}

extension Profile {
  /// On which requests a person decides.
  public enum Approval: String, Sendable, Hashable, CaseIterable {
    /// On every one but the renewal of a certificate by itself.
    case required
    /// On renewals too.
    case always
  }
}

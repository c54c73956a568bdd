import TokenCustody

extension InstallationConfiguration {
  static let tokenNames = ["token_patience_seconds", "token_sessions"]

  /// What a token may take of this process, and how long a request waits for it.
  func tokenLimits() throws(CommandFailure) -> TokenPool.Limits {
    var bounds = TokenPool.Limits()
    bounds.sessions = try limit("token_sessions", within: 1...64) ?? bounds.sessions
    if let seconds = try limit("token_patience_seconds", within: 1...60) { bounds.patience = .seconds(seconds) }
    return bounds
  }

  private func limit(_ name: String, within range: ClosedRange<Int>) throws(CommandFailure) -> Int? {
    guard let value = limits?[name] else { return nil }
    guard range.contains(value) else {
      throw CommandFailure(
        .refused, "\(name) in touchmark.yaml is from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}

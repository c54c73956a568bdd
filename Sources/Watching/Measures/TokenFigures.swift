import KeyCustody

/// What is shown of tokens; nothing where there is none.
enum TokenFigures {
  static func render(_ tokens: [TokenHealth], into text: inout MetricText) {
    guard !tokens.isEmpty else { return }
    func each(_ value: (TokenHealth) -> Double) -> [(labels: [(String, String)], value: Double)] {
      tokens.map { ([("token", $0.token)], value($0)) }
    }
    text.gauge(.tokenUp, each { $0.obstacle == nil ? 1 : 0 })
    text.gauge(.tokenSessions, each { Double($0.sessions) })
    text.gauge(.tokenWaiting, each { Double($0.waiting) })
    text.gauge(.tokenReconnections, each { Double($0.reconnections) })
    text.gauge(
      .tokenSignatures,
      tokens.flatMap { token in
        [
          ([("token", token.token), ("outcome", "signed")], Double(token.signatures)),
          ([("token", token.token), ("outcome", "failed")], Double(token.failures)),
        ]
      })
  }
}

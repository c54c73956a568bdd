/// Prometheus' text format, version 0.0.4: what a scrape gets.
public struct MetricText: Sendable {
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  public private(set) var text = ""

  public init() {}

  /// The two lines that come before a metric's samples.
  mutating func begin(_ metric: Metric) {
    text += "# HELP \(metric.rawValue) \(Self.escaped(metric.help, quotes: false))\n"
    text += "# TYPE \(metric.rawValue) \(metric.kind.rawValue)\n"
  }

  mutating func sample(_ metric: Metric, suffix: String = "", _ labels: [(String, String)] = [], _ value: Double) {
    text += metric.rawValue + suffix
    if !labels.isEmpty {
      text += "{" + labels.map { "\($0.0)=\"\(Self.escaped($0.1, quotes: true))\"" }.joined(separator: ",") + "}"
    }
    text += " \(Self.number(value))\n"
  }

  /// A metric that is read when it is asked for.
  public mutating func gauge(_ metric: Metric, _ samples: [(labels: [(String, String)], value: Double)]) {
    begin(metric)
    for each in samples { sample(metric, each.labels, each.value) }
  }

  public mutating func gauge(_ metric: Metric, _ value: Double) { gauge(metric, [([], value)]) }

  /// Label values: backslash, quote and line feed; help texts: backslash and line feed.
  static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    // Whole numbers without a point, as everyone writes them.
    if let whole = Int64(exactly: value) { return "\(whole)" }
    return "\(value)"
  }
}

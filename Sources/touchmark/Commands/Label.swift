import ArgumentParser

/// A device's label, `key=value`.
package struct Label: ExpressibleByArgument, Hashable, Sendable {
  package let key: String
  package let value: String

  package init(key: String, value: String) { (self.key, self.value) = (key, value) }

  package init?(argument: String) {
    guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else { return nil }
    key = String(argument[..<sign])
    value = String(argument[argument.index(after: sign)...])
  }

  package var text: String { "\(key)=\(value)" }

  /// The last value of a key wins.
  package static func dictionary(_ labels: [Label]) -> [String: String] {
    Dictionary(labels.map { ($0.key, $0.value) }) { _, last in last }
  }

  package static func text(_ labels: [String: String]) -> String {
    labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
  }
}

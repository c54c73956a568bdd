import ArgumentParser

/// `FROM..TO`, both included.
package struct SerialRange: ExpressibleByArgument, Hashable, Sendable {
  package let from: String
  package let to: String

  package init?(argument: String) {
    guard let dots = argument.firstRange(of: "..") else { return nil }
    (from, to) = (String(argument[..<dots.lowerBound]), String(argument[dots.upperBound...]))
    guard !from.isEmpty, !to.isEmpty, !to.hasPrefix(".") else { return nil }
  }
}

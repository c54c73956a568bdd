/// The difference of two short texts, line by line, by their longest common subsequence.
enum LineDifference {
  static func between(_ old: String, _ new: String) -> String {
    let left = old.split(separator: "\n", omittingEmptySubsequences: false).dropLast(old.hasSuffix("\n") ? 1 : 0)
    let right = new.split(separator: "\n", omittingEmptySubsequences: false).dropLast(new.hasSuffix("\n") ? 1 : 0)
    let change = Array(right).difference(from: old.isEmpty ? [] : Array(left))
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for step in change {
      switch step {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    return merge(old.isEmpty ? [] : Array(left), Array(right), removed: removed, inserted: inserted)
  }

  private static func merge(
    _ left: [Substring], _ right: [Substring], removed: Set<Int>, inserted: Set<Int>
  ) -> String {
    var lines: [String] = []
    var old = 0
    var new = 0
    while old < left.count || new < right.count {
      if old < left.count, removed.contains(old) {
        lines.append("-\(left[old])")
        old += 1
      } else if new < right.count, inserted.contains(new) {
        lines.append("+\(right[new])")
        new += 1
      } else if new < right.count {
        lines.append(" \(right[new])")
        old += 1
        new += 1
      } else {
        break
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

import AuditLog
import Testing

/// Every single change of every entry of a log of 200 is found.
@Suite struct SingleTamperTests {
  enum Tamper: CaseIterable {
    case entryText, salt, digest, entryWithDigest, removed, removedAndRenumbered, repeated, inserted, swapped,
      swappedAndRenumbered, erasedWithDigest
  }

  static let size = 200

  @Test(arguments: Tamper.allCases) func isFound(_ tamper: Tamper) async throws {
    let whole = try await SampleLog(entries: Self.size)
    for place in 0..<Self.size {
      // The text of entries that are not touched plays no part and costs most of the time.
      var log = whole
      for other in log.rows.indices where other != place { (log.rows[other].salt, log.rows[other].entry) = (nil, nil) }
      var changed = log
      Self.apply(tamper, at: place, to: &changed)
      #expect(changed.rows != log.rows)
      // Signatures are not what is tampered with, and verifying them takes most of the time.
      let findings = changed.verify(keys: []).findings
      #expect(findings.contains { Self.names(place, $0) }, "\(tamper) at \(place)")
    }
  }

  static func apply(_ tamper: Tamper, at place: Int, to log: inout SampleLog) {
    switch tamper {
    case .entryText: log.rows[place].entry?[20] ^= 1
    case .salt: log.rows[place].salt?[place % 16] ^= 0x80
    case .digest: log.rows[place].digest[place % 32] ^= 1
    case .entryWithDigest: log.rewrite(place, as: SampleLog.entry(place + 1))
    case .removed: log.rows.remove(at: place)
    case .removedAndRenumbered:
      log.rows.remove(at: place)
      log.renumber()
    case .repeated:
      log.rows.insert(log.rows[place], at: place)
    case .inserted:
      log.rows.insert(log.rows[place], at: place)
      log.rewrite(place, as: SampleLog.entry(1000))
      log.renumber()
    case .swapped: log.rows.swapAt(place, (place + 1) % size)
    case .swappedAndRenumbered:
      log.rows.swapAt(place, (place + 1) % size)
      log.renumber()
    case .erasedWithDigest:
      log.rewrite(place, as: SampleLog.entry(1000))
      (log.rows[place].salt, log.rows[place].entry) = (nil, nil)
    }
  }

  /// Whether a finding leads an operator to the place: its own index, or the stretch between two checkpoints that it
  /// lies in, or for swapped ends the other one's.
  static func names(_ place: Int, _ finding: AuditFinding) -> Bool {
    guard let index = finding.index else { return false }
    let other = (place + 1) % size
    return [place, other].contains { index <= UInt64($0) && UInt64($0) < index + 25 } || finding.kind == .cut
  }
}

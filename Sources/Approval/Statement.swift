import WireFormats

/// What the texts that approvers sign have in common.
public enum Statement {
  /// 1 to 64 letters, digits, hyphens, dots and underscores.
  public static func isName(_ text: some StringProtocol) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { octet in
        (0x61...0x7A).contains(octet | 0x20) || (0x30...0x39).contains(octet) || [0x2D, 0x2E, 0x5F].contains(octet)
      }
  }

  /// From 1 up, as it is written and no other way.
  static func number(_ text: String) -> Int64? {
    guard let number = Int64(text), number >= 1, "\(number)" == text else { return nil }
    return number
  }

  /// The name under which a person's key signs.
  public static func keyName(of person: String, in organization: String) -> String {
    "touchmark/\(organization)/approver/\(person)"
  }
}

/// A text that approvers sign: lines in one order, and one spelling of each.
protocol ApprovedText {
  /// What is signed.
  var text: String { get }
  init(lines text: String) throws(LineError)
}

extension ApprovedText {
  /// Two texts that say the same would be two things to sign.
  static func read(_ text: String) throws(ApprovalError) -> Self {
    let read: Self
    do throws(LineError) { read = try Self(lines: text) } catch { throw .malformed(error.expected) }
    guard read.text == text else { throw .malformed("one that is written otherwise") }
    return read
  }
}

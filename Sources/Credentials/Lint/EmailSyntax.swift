/// RFC 5280 §4.2.1.6: a Mailbox of RFC 2821 §4.1.2, local part and domain, in ASCII; no quoted local parts.
enum EmailSyntax: GeneralNameRule {
  static let name = "email-syntax"

  static func objection(to name: GeneralName) -> String? {
    guard case .email(let text) = name else { return nil }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, isLocalPart(parts[0]), DomainName.isValid(parts[1]) else {
      return "\(name) is not a mailbox"
    }
    return nil
  }

  private static let symbols = Set("!#$%&'*+-/=?^_`{|}~".utf8)

  /// RFC 2821 §4.1.2: a Dot-string of at most 64 octets (§4.5.3.1).
  private static func isLocalPart(_ text: Substring) -> Bool {
    guard text.utf8.count <= 64 else { return false }
    return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
      !atom.isEmpty && atom.utf8.allSatisfy { DomainName.isLetterOrDigit($0) || symbols.contains($0) }
    }
  }
}

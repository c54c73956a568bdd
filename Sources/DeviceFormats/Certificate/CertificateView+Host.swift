extension CertificateView {
  /// Whether the certificate names a server, in SubjectAltName alone (RFC 9525 §6.1: "the client MUST NOT seek a match
  /// for a reference identifier of CN-ID").
  ///
  /// - Parameter host: A DNS name in its ASCII form, without a final dot, or four or sixteen octets with `isAddress`.
  public func isNamed(_ host: ByteView, isAddress: Bool) -> Bool {
    guard !host.isEmpty else { return false }
    var names = GeneralNameCursor(extensions.alternativeNames)
    while let name = try? names.next() {
      if isAddress {
        if name.kind == 7, name.content.equals(host) { return true }
      } else if name.kind == 2, CertificateView.matches(name.content, host) {
        return true
      }
    }
    return false
  }

  /// RFC 9525 §6.3: labels compare without case, and a wildcard is the whole of the first label and stands for one.
  private static func matches(_ presented: ByteView, _ host: ByteView) -> Bool {
    guard presented.byte(0) == 0x2A else { return equalsIgnoringCase(presented, host) }
    guard presented.byte(1) == 0x2E, let dot = firstDot(host), dot > 0 else { return false }
    let parent = presented.dropFirst(2)
    // Not for a whole top level.
    guard firstDot(parent) != nil else { return false }
    return equalsIgnoringCase(parent, host.dropFirst(dot &+ 1))
  }

  private static func firstDot(_ text: ByteView) -> Int? {
    var index = 0
    while let octet = text.byte(index) {
      if octet == 0x2E { return index }
      index &+= 1
    }
    return nil
  }

  private static func equalsIgnoringCase(_ left: ByteView, _ right: ByteView) -> Bool {
    guard left.count == right.count else { return false }
    var index = 0
    while let one = left.byte(index), let other = right.byte(index) {
      guard lowered(one) == lowered(other) else { return false }
      index &+= 1
    }
    return true
  }

  private static func lowered(_ octet: UInt8) -> UInt8 { octet >= 0x41 && octet <= 0x5A ? octet | 0x20 : octet }
}

import Credentials
import WireFormats

extension DeviceMemory {
  /// No device needs more: the pinned root, and those that came after it.
  static let mostRoots = 4

  /// Takes new roots out of a `cacerts` answer. Returns whether there was one.
  ///
  /// RFC 7030 §4.1.3 and TRUST.md: a root is taken only with NewWithOld, that is, with a certificate for its name and key
  /// that a root signed which the device holds already. A root that merely stands in the answer is not believed, though
  /// the server was. One answer may lead over several successions, for a device that was off for long.
  mutating func takeRoots(from bundle: [Certificate], at clock: Instant) -> Bool {
    let candidates = bundle.filter { Self.isRoot($0) && !roots.contains($0) }
    var found = false
    var goesOn = true
    while goesOn {
      goesOn = false
      for candidate in candidates where !roots.contains(candidate) {
        guard isIntroduced(candidate, by: bundle, at: clock) else { continue }
        roots.append(candidate)
        (found, goesOn) = (true, true)
      }
    }
    if roots.count > Self.mostRoots { roots.removeFirst(roots.count - Self.mostRoots) }
    return found
  }

  private static func isRoot(_ certificate: Certificate) -> Bool {
    guard certificate.isSelfIssued, certificate.isAuthority, certificate.keyUsage?.contains(.keyCertSign) == true,
      let key = certificate.publicKey
    else { return false }
    return certificate.isSigned(by: key)
  }

  /// RFC 4210 §4.4: NewWithOld, the new public key signed with the old private key.
  private func isIntroduced(_ root: Certificate, by bundle: [Certificate], at clock: Instant) -> Bool {
    bundle.contains { link in
      link != root && link.subject == root.subject && link.subjectPublicKeyInfo == root.subjectPublicKeyInfo
        && link.isAuthority && verifies(link, through: [], at: clock)
    }
  }
}

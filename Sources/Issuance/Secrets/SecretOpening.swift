/// Gives a door the secrets that it must know to check a MAC.
public protocol SecretOpening: Sendable {
  /// The texts, as octets, of what was made with `--mac` under this name, a device's serial or a grant's name, and may
  /// still be asked with: neither voided nor expired; used ones too, since a lost answer is asked for again.
  ///
  /// Empty for a name that is not known: whoever checks then checks against a random secret, so that the time that it
  /// takes tells nobody which names exist. A right MAC decides nothing but who asks: the secret is then shown to
  /// `Enrolling`, which decides.
  ///
  /// - Throws: `unavailable` when store or custody cannot be read.
  func secrets(named name: String) async throws(Refusal) -> [[UInt8]]
}

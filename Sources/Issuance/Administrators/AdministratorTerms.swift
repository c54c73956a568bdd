import Credentials
import Registry

/// Who is to administer, and in which role.
public struct AdministratorTerms: Hashable, Sendable {
  public var name: String
  public var role: Actor.Role
  /// What a station enrolls for; empty for every other role.
  public var profiles: [String]

  public init(name: String, role: Actor.Role, profiles: [String] = []) {
    self.name = name
    self.role = role
    self.profiles = profiles
  }

  /// Checks every field but the profiles' existence.
  func validate() throws(Refusal) {
    // The name is the certificate's commonName too (RFC 5280, ub-common-name).
    guard (1...64).contains(name.count), name.first != " ", name.last != " " else {
      throw Refusal(.badRequest, "a name is 1 to 64 characters and has no space at its ends")
    }
    try RecordText.check(name, named: "name", upTo: 256)
    guard role == .station else {
      guard profiles.isEmpty else { throw Refusal(.badRequest, "only a station is bound to profiles") }
      return
    }
    guard (1...32).contains(profiles.count), Set(profiles).count == profiles.count else {
      throw Refusal(.badRequest, "a station enrolls for 1 to 32 different profiles", hint: "name them with --profile")
    }
  }
}

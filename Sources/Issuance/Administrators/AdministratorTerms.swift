import Credentials
import Registry

/// Who is to administer, and in which role.
public struct AdministratorTerms: Hashable, Sendable {
  public var name: String
  public var role: Actor.Role
  /// What a station or a registration authority enrolls for; empty for every other role.
  public var profiles: [String]
  /// Whose devices a registration authority speaks for; nil for any.
  public var lot: String?
  /// How many certificates a registration authority may ask for; nil for any number.
  public var uses: Int?

  public init(name: String, role: Actor.Role, profiles: [String] = [], lot: String? = nil, uses: Int? = nil) {
    self.name = name
    self.role = role
    self.profiles = profiles
    self.lot = lot
    self.uses = uses
  }

  /// Checks every field but the profiles' existence.
  func validate() throws(Refusal) {
    // The name is the certificate's commonName too (RFC 5280, ub-common-name).
    guard (1...64).contains(name.count), name.first != " ", name.last != " " else {
      throw Refusal(.badRequest, "a name is 1 to 64 characters and has no space at its ends")
    }
    try RecordText.check(name, named: "name", upTo: 256)
    try validateBounds()
    guard role.isBoundToProfiles else {
      guard profiles.isEmpty else {
        throw Refusal(.badRequest, "only a station or a registration authority is bound to profiles")
      }
      return
    }
    guard (1...32).contains(profiles.count), Set(profiles).count == profiles.count else {
      throw Refusal(
        .badRequest, "a \(role.rawValue) enrolls for 1 to 32 different profiles", hint: "name them with --profile")
    }
  }

  private func validateBounds() throws(Refusal) {
    guard lot != nil || uses != nil else { return }
    guard role == .registrationAuthority else {
      throw Refusal(.badRequest, "only a registration authority has a lot and a count")
    }
    try RecordText.check(lot, named: "lot", upTo: 64)
    guard uses.map({ (1...GrantService.mostUses).contains($0) }) ?? true else {
      throw Refusal(.badRequest, "a registration authority has between 1 and \(GrantService.mostUses) uses")
    }
  }
}

extension AdministratorRecord.Role {
  /// Whether it acts only under profiles that its record names.
  public var isBoundToProfiles: Bool { self == .station || self == .registrationAuthority }
}

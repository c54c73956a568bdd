import Issuance

/// What a role may do, in one table: each route of the interface asks for one of these rights, and nothing else decides.
/// docs/protocols/rest.md has the same table, which a test holds against this one.
enum RoleRight: String, CaseIterable {
  /// Sees records, the log and its proofs.
  case read
  /// Changes devices, grants and certificates.
  case operate
  /// Brings requests in; a station only under its profiles and a grant.
  case enroll
  /// Changes profiles, authorities, trust and who administers.
  case administer

  static let table: [Actor.Role: Set<RoleRight>] = [
    .administrator: [.read, .operate, .enroll, .administer],
    .operator: [.read, .operate, .enroll],
    .auditor: [.read],
    .station: [.enroll],
    // It asks at the devices' doors alone.
    .registrationAuthority: [],
  ]

  /// Who has it.
  var roles: Set<Actor.Role> { Set(Self.table.filter { $0.value.contains(self) }.keys) }
}

extension APIRoute.Access {
  static func right(_ right: RoleRight) -> APIRoute.Access { .roles(right.roles) }

  static let readers = right(.read)
  static let operators = right(.operate)
  static let enrollers = right(.enroll)
  static let administrators = right(.administer)
}

/// The table as text, for whoever compares it with what is written elsewhere.
package func roleRightsTable() -> [String: Set<String>] {
  RoleRight.table.reduce(into: [:]) { $0[$1.key.rawValue] = Set($1.value.map(\.rawValue)) }
}

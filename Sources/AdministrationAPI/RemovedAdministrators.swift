/// What `DELETE /administrators/{name}` ended: each certificate of that name.
public struct RemovedAdministrators: Codable, Hashable, Sendable {
  public var removed: [AdministratorItem]

  public init(removed: [AdministratorItem]) {
    self.removed = removed
  }
}

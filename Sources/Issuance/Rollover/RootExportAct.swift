import Registry

/// Writes down that a root's key was exported. The work is done on the machine that has the key; no server sees it.
public enum RootExportAct {
  public static func record(_ name: String, isRemoved: Bool) -> AdministrativeAct<AuthorityRecord> {
    AdministrativeAct("root.export", on: "authority:\(name)") { context in
      guard let id = AuthorityID(rawValue: name), let root = try context.writer.authority(id, in: context.organization)
      else { throw Refusal(.notFound, "no authority has this identifier") }
      guard !root.purpose.isIssuing, root.purpose != .foreign else { throw Refusal(.conflict, "\(id) is no root") }
      try context.record(
        "root.export", subject: "authority:\(id)", details: ["removed": isRemoved ? "yes" : "no"])
      return root
    }
  }
}

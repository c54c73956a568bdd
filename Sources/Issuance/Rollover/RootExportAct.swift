import Registry

/// Writes down that a root's key was exported. The work is done on the machine that has the key; no server sees it.
public enum RootExportAct {
  /// - Parameters:
  ///   - request: what approvers were asked, where they have to be; it is used up.
  ///   - approval: what they signed.
  public static func record(
    _ name: String, isRemoved: Bool, request: String? = nil, approval: String? = nil
  ) -> AdministrativeAct<AuthorityRecord> {
    AdministrativeAct("root.export", on: "authority:\(name)") { context in
      guard let id = AuthorityID(rawValue: name), let root = try context.writer.authority(id, in: context.organization)
      else { throw Refusal(.notFound, "no authority has this identifier") }
      guard !root.purpose.isIssuing, root.purpose != .foreign else { throw Refusal(.conflict, "\(id) is no root") }
      var details = ["removed": isRemoved ? "yes" : "no"]
      if let approved = try approved(id, request, approval, in: context) { details.merge(approved) { $1 } }
      try context.record("root.export", subject: "authority:\(id)", details: details)
      return root
    }
  }

  private static func approved(
    _ root: AuthorityID, _ name: String?, _ approval: String?, in context: ActContext
  ) throws -> [String: String]? {
    guard try !RootApproval.documentNotes(context.writer, context.organization).isEmpty else { return nil }
    guard let id = name.flatMap(RootRequestID.init(rawValue:)),
      let record = try context.writer.rootRequest(id, in: context.organization)
    else { throw Refusal(.forbidden, "approvers stand before this root", hint: RootApproval.exportCure) }
    let request = try RootRequest.unverified(note: record.note)
    guard request.act == .exportRoot, request.subject == root else {
      throw Refusal(.badRequest, "the request \(id) asks for something else")
    }
    let approved = try RootApproval.check(
      approval, for: request, note: record.note, in: context.writer, at: context.now)
    try context.writer.answerRootRequest(id, at: context.now, in: context.organization)
    return approved?.details
  }
}

import Registry
import WireFormats

extension BulkActService {
  /// Members of one answer: their secrets are in one request's answer, and their changes in one transaction.
  public static let invitedTogether = 500

  /// Invites the members after a position and hands out their secrets, which are kept nowhere. Asking for the same
  /// members again makes new secrets and voids those of the answer that was lost.
  ///
  /// - Throws: `conflict` for an act that was not started, is another act, or has not come to that position.
  public func invite(
    _ id: String, after position: Int, with devices: DeviceService
  ) -> AdministrativeAct<InvitedPart> {
    AdministrativeAct("device.invite", on: "act:\(id)") { context in
      var record = try Self.find(id, in: context.organization, of: context.writer)
      guard case .invite(let lifetime)? = BulkAct(record) else {
        throw Refusal(.conflict, "the act \(id) is \(record.act), which makes no secrets")
      }
      guard record.state != .prepared else { throw Refusal(.conflict, "the act was not started") }
      guard position <= record.processed else {
        throw Refusal(.conflict, "the act has not come to member \(position)", hint: "go on after its 'processed'")
      }
      let members = try context.writer.bulkMembers(
        of: record.id, after: position, limit: Self.invitedTogether, in: context.organization)
      let invited = try members.map { try Self.invite($0, of: record, lifetime, with: devices, in: context) }
      Self.count(invited, in: &record, at: context.now)
      try context.writer.update(record)
      return InvitedPart(act: record, members: invited)
    }
  }

  private static func invite(
    _ member: BulkMember, of record: BulkActRecord, _ lifetime: Span?, with devices: DeviceService,
    in context: ActContext
  ) throws -> InvitedMember {
    do {
      guard case .device(let id) = member.subject, let device = try context.writer.device(id, in: context.organization)
      else { throw Refusal(.notFound, "the device is gone") }
      let invited = try devices.renewSecret(of: device, expiresIn: lifetime, in: context).invited
      return InvitedMember(position: member.position, outcome: .success(invited))
    } catch let refusal as Refusal {
      try context.writer.refuse(member.position, of: record.id, because: refusal.reason, in: context.organization)
      return InvitedMember(position: member.position, outcome: .failure(refusal))
    }
  }

  /// Members that were asked for again are not counted again.
  private static func count(_ invited: [InvitedMember], in record: inout BulkActRecord, at now: Instant) {
    let new = invited.filter { $0.position > record.processed }
    record.done += new.count { $0.isDone }
    record.processed = max(record.processed, invited.last?.position ?? 0)
    if record.state == .running, record.processed >= record.members { (record.state, record.finishedAt) = (.done, now) }
  }
}

/// Members of an act that invites, and how far it has come.
public struct InvitedPart: Sendable {
  public let act: BulkActRecord
  public let members: [InvitedMember]
}

/// What became of one member of an act that invites.
public struct InvitedMember: Sendable {
  public let position: Int
  public let outcome: Result<InvitedDevice, Refusal>

  var isDone: Bool { if case .success = outcome { true } else { false } }
}

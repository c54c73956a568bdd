import AdministrationAPI
import Issuance
import Registry

extension AdministrationRoutes {
  /// What is done to one device.
  var standingRoutes: [APIRoute] {
    let devices = services.devices
    return [
      invite,
      standing("suspend", "Holds its certificates and refuses it everywhere.", devices.suspend),
      standing("resume", "Lifts what the suspension held.", devices.resume),
      standing("retire", "Ends it for good, and revokes its certificates.", devices.retire),
      readmit, replace, move, label, releaseTPM,
    ]
  }

  private var invite: APIRoute {
    APIRoute(
      method: .post, path: "/devices/{serial}/invite", operation: "inviteDevice",
      summary: "Makes a new secret; earlier ones that were not used are void.", tag: "devices", access: .operators,
      query: [.manufacturer], body: .json("InvitationRequest", required: false),
      success: .json("Invitation", status: 201),
      handler: .act { context in
        let asked: InvitationRequest = try context.call.decoded()
        let act = services.devices.invite(
          Self.device(context.call), expiresIn: try Self.span(asked.expiresIn, named: "expires_in"))
        return PreparedAct(act) { try .json(Invitation($0, services.invitations), status: 201) }
      })
  }

  private func standing(
    _ verb: String, _ summary: String,
    _ act: @escaping @Sendable (DeviceReference, String?) -> AdministrativeAct<StandingChanged>
  ) -> APIRoute {
    APIRoute(
      method: .post, path: "/devices/{serial}/\(verb)", operation: "\(verb)Device", summary: summary, tag: "devices",
      access: .operators, query: [.manufacturer], body: .json("StandingReason", required: false),
      success: .json("Device"),
      handler: .act { context in
        let asked: StandingReason = try context.call.decoded()
        return PreparedAct(act(Self.device(context.call), asked.reason)) { changed in
          var item = DeviceItem(changed.device)
          item.verifiersAcceptUntil = changed.unannounced.map(\.notAfter).max()?.description
          return try .json(item)
        }
      })
  }

  private var readmit: APIRoute {
    APIRoute(
      method: .post, path: "/devices/{serial}/readmit", operation: "readmitDevice",
      summary: "Lets its expired certificate renew for a time, after its profile's grace.", tag: "devices",
      access: .operators, query: [.manufacturer], body: .json("Readmission", required: true),
      success: .json("Device"),
      handler: .act { context in
        let asked: Readmission = try context.call.decoded()
        guard let span = try Self.span(asked.until, named: "for") else {
          throw ProblemDetails.badRequest("for is missing")
        }
        let act = services.devices.readmit(Self.device(context.call), for: span, reason: asked.reason)
        return PreparedAct(act) { try .json(DeviceItem($0.device)) }
      })
  }

  private var move: APIRoute {
    APIRoute(
      method: .post, path: "/devices/{serial}/move", operation: "moveDevice",
      summary: "Puts it under another profile; its certificates renew within theirs.", tag: "devices",
      access: .operators, query: [.manufacturer], body: .json("DeviceMove", required: true),
      success: .json("Device"),
      handler: .act { context in
        let asked: DeviceMove = try context.call.decoded()
        let act = services.devices.move(Self.device(context.call), to: asked.profile, reason: asked.reason)
        return PreparedAct(act) { try .json(DeviceItem($0)) }
      })
  }

  private var releaseTPM: APIRoute {
    APIRoute(
      method: .post, path: "/devices/{serial}/tpm/release", operation: "releaseTPM",
      summary: "Ends its TPM's belonging to it, since boards are repaired.", tag: "devices", access: .administrators,
      query: [.manufacturer], body: .json("StandingReason", required: false), success: .json("Device"),
      handler: .act { context in
        let asked: StandingReason = try context.call.decoded()
        let act = services.devices.releaseTPM(Self.device(context.call), reason: asked.reason)
        return PreparedAct(act) { try .json(DeviceItem($0.device)) }
      })
  }

  private var label: APIRoute {
    APIRoute(
      method: .post, path: "/devices/{serial}/labels", operation: "labelDevice",
      summary: "Sets and removes labels.", tag: "devices", access: .operators, query: [.manufacturer],
      body: .json("DeviceLabels", required: true), success: .json("Device"),
      handler: .act { context in
        let asked: DeviceLabels = try context.call.decoded()
        let change = LabelChange(set: asked.labels ?? [:], remove: Set(asked.removeLabels ?? []))
        return PreparedAct(services.devices.label(Self.device(context.call), change)) { try .json(DeviceItem($0)) }
      })
  }

  private var replace: APIRoute {
    APIRoute(
      method: .post, path: "/devices/{serial}/replace", operation: "replaceDevice",
      summary: "Registers a new device in its place, and retires it.", tag: "devices", access: .operators,
      query: [.manufacturer], body: .json("Replacement", required: true), success: .json("Invitation", status: 201),
      handler: .act { context in
        let asked: Replacement = try context.call.decoded()
        let act = services.devices.replace(
          Self.device(context.call), with: asked.serial, reason: asked.reason)
        return PreparedAct(act) { try .json(Invitation($0, services.invitations), status: 201) }
      })
  }
}

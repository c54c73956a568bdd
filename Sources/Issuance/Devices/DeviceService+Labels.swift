import Registry

/// What changes of a device's labels.
public struct LabelChange: Hashable, Sendable {
  public let set: [String: String]
  /// Keys that it has no longer.
  public let remove: Set<String>

  public init(set: [String: String], remove: Set<String> = []) { (self.set, self.remove) = (set, remove) }

  /// Throws `badRequest` for what is no label, and for a change of nothing.
  func validate() throws(Refusal) {
    guard !set.isEmpty || !remove.isEmpty else { throw Refusal(.badRequest, "no label is named") }
    guard set.keys.allSatisfy({ !remove.contains($0) }) else {
      throw Refusal(.badRequest, "a label is set and removed at once")
    }
    try DeviceRegistration.check(labels: set)
    try DeviceRegistration.check(labels: Dictionary(remove.map { ($0, "") }) { first, _ in first })
  }

  func applied(to labels: [String: String]) throws(Refusal) -> [String: String] {
    let changed = labels.filter { !remove.contains($0.key) }.merging(set) { _, new in new }
    guard changed != labels else { throw Refusal(.conflict, "the device has these labels already") }
    try DeviceRegistration.check(labels: changed)
    return changed
  }

  /// For the log: `set.KEY` and `remove.KEY`.
  var details: [String: String] {
    var details = Dictionary(set.map { ("set.\($0.key)", $0.value) }) { first, _ in first }
    for key in remove { details["remove.\(key)"] = "" }
    return details
  }

  init(details: [String: String]) {
    var (set, remove): ([String: String], Set<String>) = ([:], [])
    for (key, value) in details {
      if key.hasPrefix("set.") { set[String(key.dropFirst(4))] = value }
      if key.hasPrefix("remove.") { remove.insert(String(key.dropFirst(7))) }
    }
    self.init(set: set, remove: remove)
  }
}

extension DeviceService {
  /// Sets and removes labels, which are an operator's own words for a device.
  public func label(_ reference: DeviceReference, _ change: LabelChange) -> AdministrativeAct<DeviceRecord> {
    AdministrativeAct("device.label", on: reference.subject) { context in
      try change.validate()
      let device = try reference.find(in: context.organization, of: context.writer)
      let labeled = try Self.label(device, change, in: context)
      var details = Self.details(of: device)
      details.merge(change.details) { first, _ in first }
      try context.record("device.label", subject: device.auditSubject, details: details)
      return labeled
    }
  }

  /// Without the audit entry. A refusal has written nothing.
  static func label(_ old: DeviceRecord, _ change: LabelChange, in context: ActContext) throws -> DeviceRecord {
    var device = old
    device.labels = try change.applied(to: old.labels)
    try context.writer.update(device)
    return device
  }

  /// Puts a device under another profile: what its next secret, or its IDevID, enrolls for. A certificate that it has
  /// renews within the profile that it was issued under (TRUST.md, Enrollment).
  public func move(
    _ reference: DeviceReference, to profile: String, reason: String?
  ) -> AdministrativeAct<DeviceRecord> {
    AdministrativeAct("device.move", on: reference.subject) { context in
      try RecordText.checkReason(reason)
      let name = try Self.profile(named: profile, in: context)
      let device = try reference.find(in: context.organization, of: context.writer)
      let moved = try Self.move(device, to: name, in: context)
      var details = Self.details(of: moved)
      details["from"] = device.profile.rawValue
      try context.record("device.move", subject: device.auditSubject, reason: reason, details: details)
      return moved
    }
  }

  /// Without the audit entry. A refusal has written nothing.
  static func move(_ old: DeviceRecord, to profile: ProfileName, in context: ActContext) throws -> DeviceRecord {
    guard old.state != .retired else { throw Refusal(.conflict, "the device is retired") }
    guard old.profile != profile else { throw Refusal(.conflict, "the device has this profile already") }
    var device = old
    device.profile = profile
    try context.writer.update(device)
    return device
  }
}

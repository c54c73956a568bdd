import Registry

extension DeviceService {
  /// Registers devices without secrets. Those that are registered with the same data stay as they are, so that running
  /// an import again is harmless.
  ///
  /// One call is one transaction, and one entry per device added; a long import is several calls.
  public func importing(_ lines: [DeviceImportLine]) -> AdministrativeAct<DeviceImportOutcome> {
    AdministrativeAct("device.import", on: "lines:\(lines.count)") { context in
      var outcome = DeviceImportOutcome()
      var profiles: [String: ProfileName] = [:]
      for line in lines {
        do throws(Refusal) {
          if try take(line.registration, &profiles, in: context) { outcome.added += 1 } else { outcome.unchanged += 1 }
        } catch {
          // The store being away is not the line's fault, and everything is to be undone.
          guard error.code != .unavailable else { throw error }
          outcome.refused.append(DeviceImportOutcome.Line(number: line.number, reason: error.reason))
        }
      }
      return outcome
    }
  }

  /// Whether it was added. A refused line has written nothing: everything is checked before the first write.
  ///
  /// - Parameter profiles: those that lines before this one named.
  private func take(
    _ registration: DeviceRegistration, _ profiles: inout [String: ProfileName], in context: ActContext
  ) throws(Refusal) -> Bool {
    do {
      try registration.validate()
      let known = try context.writer.device(
        serial: registration.serial, manufacturer: registration.manufacturer, in: context.organization)
      if let known {
        guard registration.isSame(as: known) else {
          throw Refusal(.conflict, "serial \(registration.serial) is registered already, with other data")
        }
        return false
      }
      let profile = try profiles[registration.profile] ?? Self.profile(named: registration.profile, in: context)
      profiles[registration.profile] = profile
      try checkNoGrant(registration, in: context)
      let device = try insert(registration, under: profile, replacing: nil, in: context)
      var details = Self.details(of: device)
      details["imported"] = "yes"
      try context.record("device.add", subject: device.auditSubject, details: details)
      return true
    } catch {
      throw Refusal.from(error)
    }
  }
}

/// One device of an import, with its place in the file.
public struct DeviceImportLine: Hashable, Sendable {
  /// From 1.
  public let number: Int
  public let registration: DeviceRegistration

  public init(number: Int, registration: DeviceRegistration) {
    self.number = number
    self.registration = registration
  }
}

/// What became of an import's lines.
public struct DeviceImportOutcome: Hashable, Sendable {
  /// A line that was not taken.
  public struct Line: Hashable, Sendable {
    public let number: Int
    public let reason: String
  }

  public var added = 0
  public var unchanged = 0
  public var refused: [Line] = []

  public init() {}
}

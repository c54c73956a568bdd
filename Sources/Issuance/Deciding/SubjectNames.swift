import Credentials
import Registry
import WireFormats

/// The names in a certificate: from the profile's template, and from the request where the profile honors it.
enum SubjectNames {
  typealias Names = (subject: DistinguishedName, alternativeNames: [GeneralName])

  /// The serial that a request names, in serialNumber or in CN.
  static func requestedSerial(_ request: RequestedCertificate) -> String? {
    request.subject.values(of: AttributeType.serialNumber).first
      ?? request.subject.values(of: AttributeType.commonName).first
  }

  static func decide(
    _ request: RequestedCertificate, serial: String, device: DeviceRecord?, parent: Certificate?,
    in context: DecisionContext
  ) throws(Refusal) -> Names {
    let profile = context.profile
    let values = values(serial: serial, device: device, organization: context.organization)
    let subject =
      if profile.honored.contains(.subject) {
        parent?.subject ?? request.subject
      } else if let parent, keeps(parent.subject, request) {
        parent.subject
      } else {
        try templatedSubject(request, serial: serial, profile: profile, values: values)
      }
    let asked = request.subjectAlternativeNames
    // A renewal that names nobody keeps the names that it has.
    let wanted = asked.isEmpty ? (parent?.subjectAlternativeNames ?? []).filter { isHonored($0, by: profile) } : asked
    let names = try alternativeNames(wanted, serial: serial, profile: profile, values: values)
    guard !(subject.isEmpty && names.isEmpty) || !profile.keepsDevice else {
      throw .policy("subject", "the certificate would name nobody")
    }
    return (subject, names)
  }

  /// RFC 7030 §4.2.2: a renewal's subject is that of the certificate. Whoever repeats it whole keeps it, also where an
  /// authority from elsewhere wrote more into it than the profile does.
  private static func keeps(_ subject: DistinguishedName, _ request: RequestedCertificate) -> Bool {
    !subject.isEmpty && request.subject.attributes == subject.attributes
  }

  private static func values(
    serial: String, device: DeviceRecord?, organization: String
  ) -> [SubjectTemplate.Placeholder: String] {
    var values: [SubjectTemplate.Placeholder: String] = [.serial: serial, .organization: organization]
    values[.product] = device?.product
    values[.lot] = device?.lot
    values[.hardwareRevision] = device?.hardwareRevision
    values[.manufacturer] = device?.manufacturer
    return values
  }

  /// A request's subject may be empty, repeat the serial in either attribute, or repeat what the template makes.
  private static func templatedSubject(
    _ request: RequestedCertificate, serial: String, profile: Profile, values: [SubjectTemplate.Placeholder: String]
  ) throws(Refusal) -> DistinguishedName {
    var attributes: [DistinguishedName.Attribute] = []
    for entry in profile.subject {
      guard let value = entry.template.rendered(with: values) else {
        throw .policy("subject", "the device's record lacks what \(profile.name) puts into \(entry.name)")
      }
      attributes.append(DistinguishedName.Attribute(type: entry.type, value: value))
    }
    for asked in request.subject.attributes {
      let repeatsSerial =
        asked.value == serial && (asked.type == AttributeType.serialNumber || asked.type == AttributeType.commonName)
      guard repeatsSerial || attributes.contains(where: { $0.type == asked.type && $0.value == asked.value }) else {
        throw .policy("subject", "the request's subject says something else than \(profile.name) gives to this device")
      }
    }
    return DistinguishedName(attributes)
  }

  private static func alternativeNames(
    _ wanted: [GeneralName], serial: String, profile: Profile, values: [SubjectTemplate.Placeholder: String]
  ) throws(Refusal) -> [GeneralName] {
    var names: [GeneralName] = []
    for entry in profile.subjectAlternativeNames {
      guard let value = entry.template.rendered(with: values) else {
        throw .policy("subject-alternative-name", "the device's record lacks what \(profile.name) puts into a name")
      }
      names.append(entry.kind.generalName(value))
    }
    for asked in wanted where !names.contains(asked) {
      guard isHonored(asked, by: profile) else {
        throw .policy("subject-alternative-name", "\(profile.name) does not take this alternative name from a request")
      }
      names.append(asked)
    }
    return names
  }

  private static func isHonored(_ name: GeneralName, by profile: Profile) -> Bool {
    if profile.honored.contains(.allNames) { return true }
    switch name {
    case .dnsName: return profile.honored.contains(.dns)
    case .ipAddress: return profile.honored.contains(.ip)
    case .uri: return profile.honored.contains(.uri)
    case .email: return profile.honored.contains(.email)
    default: return false
    }
  }
}

extension SubjectTemplate.Name.Kind {
  fileprivate func generalName(_ value: String) -> GeneralName {
    switch self {
    case .dns: .dnsName(value)
    case .uri: .uri(value)
    case .email: .email(value)
    }
  }
}

extension SubjectNames {
  /// Whether a name can be compared with those of devices and the server; what cannot is not taken where names are free.
  static func isComparable(_ name: GeneralName) -> Bool {
    switch name {
    case .dnsName, .uri, .email, .directoryName, .ipAddress: true
    case .otherName, .registeredID, .other: false
    }
  }

  /// Whether every attribute asked for stands in the other name; a request may leave out what a template puts in.
  static func isRepeated(_ asked: DistinguishedName, in given: DistinguishedName) -> Bool {
    asked.attributes.allSatisfy { attribute in
      given.attributes.contains { $0.type == attribute.type && $0.value == attribute.value }
    }
  }

  /// Every text that a subject and its alternative names show.
  static func texts(subject: DistinguishedName, names: [GeneralName]) -> [String] {
    var texts = subject.attributes.map(\.value)
    for name in names {
      switch name {
      case .dnsName(let text), .uri(let text), .email(let text): texts.append(text)
      case .directoryName(let inner): texts += inner.attributes.map(\.value)
      case .ipAddress, .otherName, .registeredID, .other: break
      }
    }
    return texts
  }
}

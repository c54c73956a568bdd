import Issuance
import Registry
import WireFormats

/// What an external account binding lets its account ask for: the device that the secret was made for, with the names in
/// its label `names`, or whatever the grant names.
struct BindingScope {
  enum Right {
    case device(DeviceRecord)
    case grant(GrantRecord)
  }

  let right: Right

  /// - Throws: `unauthorized` when the secret behind the account is not in force any more.
  init(_ binding: ACMEAccountRecord.Binding, in reader: any StoreReader, of organization: OrganizationID) throws {
    if let name = GrantName(rawValue: binding.name), let grant = try reader.grant(name, in: organization),
      grant.secretHash == binding.secretHash
    {
      right = .grant(grant)
      return
    }
    for device in try reader.devices(serial: binding.name, in: organization)
    where try reader.enrollmentSecret(of: device.id, hash: binding.secretHash, in: organization) != nil {
      right = .device(device)
      return
    }
    throw ACMEProblem(.unauthorized, "the secret that this account was bound with is not in force any more")
  }

  /// While a device is suspended or retired its secret opens nothing, and nothing is looked at for it.
  func checkStanding() throws(Refusal) {
    guard case .device(let device) = right else { return }
    try Decision.checkStanding(device, renewing: false)
  }

  static func checkStanding(
    of account: ACMEAccountRecord, in reader: any StoreReader, of organization: OrganizationID
  ) throws {
    guard let binding = account.binding else { return }
    try BindingScope(binding, in: reader, of: organization).checkStanding()
  }

  /// Nil when it may be asked for.
  func objection(to identifier: ACMEIdentifier) -> ACMEProblem? {
    switch right {
    case .device(let device):
      guard !Self.names(of: device).contains(identifier.name), identifier.name != device.serial else { return nil }
      return ACMEProblem(
        .rejectedIdentifier,
        "\(device.serial) may not ask for \(identifier.value); touchmark device label \(device.serial) "
          + "--set names=\(Self.names(of: device, with: identifier.name)) lets it"
      ).about(identifier)
    case .grant(let grant):
      guard !grant.admits(serial: identifier.name) else { return nil }
      return ACMEProblem(.rejectedIdentifier, "\(identifier.value) is not among the names of the grant").about(
        identifier)
    }
  }

  /// What a grant's device is called: one that an order names, or the first of its names.
  func serial(for identifiers: [ACMEIdentifier]) -> String? {
    guard case .grant = right else { return nil }
    let device = identifiers.first { $0.kind == .permanentIdentifier || $0.kind == .hardwareModule }
    return (device ?? identifiers.first)?.name
  }

  /// What the label has to be, so that the names that it has stay.
  private static func names(of device: DeviceRecord, with name: String) -> String {
    ((device.labels["names"] ?? "").split { $0 == "," || $0 == " " }.map(String.init) + [name]).joined(separator: ",")
  }

  private static func names(of device: DeviceRecord) -> Set<String> {
    Set((device.labels["names"] ?? "").lowercased().split { $0 == "," || $0 == " " }.map(String.init))
      .union([device.serial.lowercased()])
  }
}

extension ACMEIdentifier {
  /// The serial, name or address, without what stands behind a slash.
  var name: String {
    switch kind {
    case .dns, .ip: value
    case .permanentIdentifier, .hardwareModule: String(value.prefix { $0 != "/" })
    }
  }
}

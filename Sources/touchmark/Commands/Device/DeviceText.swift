import AdministrationAPI

/// A device for reading: how it stands, its certificates, and its history as a story.
package enum DeviceText {
  package static func render(_ detail: DeviceDetail) -> String {
    let device = detail.device
    return Printable.text("\(device.serial): \(standing(device))") + "\n" + facts(device)
      + section("certificates", certificates(detail.certificates)) + section("history", story(detail.history))
  }

  private static func standing(_ device: DeviceItem) -> String {
    let what = device.manufacturer.isEmpty ? device.kind : "\(device.kind) of \(device.manufacturer)"
    return "\(device.state) \(what)"
  }

  private static func facts(_ device: DeviceItem) -> String {
    let contact = device.lastContactAt.map { moment in
      ReadableTime.minute(moment) + (device.lastContactDoor.map { ", \(DeviceStory.doorName($0))" } ?? "")
    }
    return Table.facts([
      ("profile", device.profile), ("product", device.product), ("hardware", device.hardwareRevision),
      ("lot", device.lot), ("labels", Label.text(device.labels)), ("last contact", contact),
      ("renewal due", ReadableTime.minute(device.renewalDueAt)), ("reason", device.stateReason), ("id", device.id),
    ])
  }

  private static func certificates(_ items: [CertificateItem]) -> [String] {
    let rows = items.map { item in
      [
        item.serialNumber, item.status, item.profile,
        "\(ReadableTime.minute(item.notBefore)) to \(ReadableTime.minute(item.notAfter))", keyOrigin(item.keyOrigin),
      ]
    }
    let table = Table(titles: ["", "", "", "", ""], first: rows)
    return rows.map { table.line($0) }
  }

  private static func keyOrigin(_ word: String) -> String {
    switch word {
    case "attested": "key attested to live in hardware"
    case "claimed": "key said to live in hardware"
    default: ""
    }
  }

  private static func story(_ history: [AuditItem]) -> [String] {
    history.map { "\(ReadableTime.minute($0.at))  \(Printable.text(DeviceStory.sentence($0)))\n" }
  }

  private static func section(_ title: String, _ lines: [String]) -> String {
    lines.isEmpty ? "" : "\n\(title)\n" + lines.map { "  \($0)" }.joined()
  }
}

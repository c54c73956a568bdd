import AdministrationAPI

/// Attestations for reading.
package enum AttestationText {
  package static func render(_ detail: AttestationDetail, of serial: String) -> String {
    guard let standing = detail.standing else {
      let why = detail.tpm == nil ? "it has no TPM here" : "it has not attested yet"
      return Printable.text("\(serial): \(why)") + "\n" + history(detail.history)
    }
    let facts = Table.facts([
      ("firmware", standing.firmwareVersion), ("attested", ReadableTime.minute(standing.appraisedAt)),
      ("next due", standing.dueAt.map { ReadableTime.minute($0) + (standing.overdue ? ", overdue" : "") }),
      ("device", standing.state), ("tpm", detail.tpm),
    ])
    return Printable.text("\(serial): \(standing.status)") + "\n" + facts + reasons(standing.reasons)
      + history(detail.history)
  }

  package static func render(_ item: AttestationEvidenceItem) -> String {
    let registers = item.pcrs.sorted { $0.key < $1.key }.flatMap { bank in
      bank.value.sorted { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) }.map {
        ("\(bank.key):\($0.key)", Optional($0.value))
      }
    }
    let facts = Table.facts(
      [
        ("attested", ReadableTime.minute(item.appraisedAt)), ("firmware", item.firmwareVersion),
        ("followed", item.consequence == "none" ? nil : item.consequence), ("event log", item.eventLogSHA256),
      ] + registers)
    return Printable.text("\(item.id): \(item.status)") + "\n" + facts + reasons(item.reasons)
  }

  private static func reasons(_ reasons: [String]) -> String {
    reasons.map { "  because " + Printable.text($0) + "\n" }.joined()
  }

  private static func history(_ items: [AttestationEvidenceItem]) -> String {
    guard !items.isEmpty else { return "" }
    return "\nkept\n"
      + items.map { item in
        let what = item.status + (item.consequence == "none" ? "" : ", \(item.consequence)")
        let why = item.reasons.first.map { ": \($0)" } ?? ""
        return "  \(ReadableTime.minute(item.appraisedAt))  \(item.id)  " + Printable.text(what + why) + "\n"
      }.joined()
  }
}

import Credentials

/// Addresses that stand in certificates must mean this server to whoever reads them.
package enum AddressesPublic: DoctorCheck {
  package static let name = "addresses-public"
  package static let severity = Severity.error
  package static let looksAt = "whether the addresses in certificates mean this server elsewhere, too"
  package static let fix =
    "addresses are fixed at init: make an installation for devices with touchmark init --public-http http://NAME"

  package static func examine(_ installation: Examination) async -> Verdict {
    let stated = installation.issued.values.compactMap(\.statusAddresses).flatMap {
      $0.revocationLists + $0.responders + $0.issuers
    }
    let all = Set(stated + [installation.publicHTTP].compactMap { $0 })
    let loopback = all.filter { AddressText.host(of: $0).map(AddressText.isLoopback) ?? true }.sorted()
    guard let first = loopback.first else {
      return all.isEmpty ? .skipped("no certificate states an address") : .good("\(all.count) addresses name a host")
    }
    let text = "\(loopback.count) addresses point at the machine that reads them, for example \(first)"
    return .found(installation.isDemonstration ? .note : .error, text)
  }
}

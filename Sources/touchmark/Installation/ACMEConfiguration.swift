import Registry
import WebService

/// `acme` in touchmark.yaml: where validations may connect to. Nowhere when it is absent.
struct ACMEEntry: Codable, Equatable {
  /// Networks such as 10.0.0.0/8, or single addresses.
  var allow: [String]?
  var httpPort: Int?
  var tlsPort: Int?
  /// A DNS server, ADDRESS or ADDRESS:PORT; the system's when absent.
  var dns: String?

  enum CodingKeys: String, CodingKey {
    case allow, dns
    case httpPort = "http-port"
    case tlsPort = "tls-port"
  }
}

extension InstallationConfiguration {
  /// What reaches the hosts that orders name.
  var challengeClient: ChallengeClient {
    get throws(CommandFailure) {
      let networks = try allowedNetworks
      let ports = (acme?.httpPort ?? 80, acme?.tlsPort ?? 443)
      guard (1...65_535).contains(ports.0), (1...65_535).contains(ports.1) else {
        throw CommandFailure(.refused, "acme in touchmark.yaml: http-port and tls-port are 1 to 65535")
      }
      guard
        let client = ChallengeClient(
          allowed: networks, httpPort: ports.0, tlsPort: ports.1, dnsServer: acme?.dns)
      else {
        throw CommandFailure(
          .refused, "acme in touchmark.yaml: '\(acme?.dns ?? "")' is no DNS server",
          hint: "dns is ADDRESS or ADDRESS:PORT")
      }
      return client
    }
  }

  /// Without a network to connect to, names can be shown by DNS alone.
  var offeredChallenges: Set<ACMEAuthorizationRecord.Challenge> {
    acme?.allow?.isEmpty ?? true ? [.dns, .deviceAttest] : Set(ACMEAuthorizationRecord.Challenge.allCases)
  }

  private var allowedNetworks: AllowedNetworks {
    get throws(CommandFailure) {
      var networks: [AllowedNetworks.Network] = []
      for text in acme?.allow ?? [] {
        guard let network = AllowedNetworks.Network(text) else {
          throw CommandFailure(
            .refused, "acme in touchmark.yaml: '\(text)' is no network",
            hint: "10.0.0.0/8 or 2001:db8::/32, with nothing set behind the length, or one address")
        }
        networks.append(network)
      }
      return AllowedNetworks(networks)
    }
  }
}

import Foundation
import Issuance
import Yams

/// `touchmark.yaml`: what `init` recorded and an operator may change. Every limit that the server keeps can stand here.
struct InstallationConfiguration: Codable, Equatable {
  var organization: String
  var organizationID: String
  /// Names beside localhost that the server's certificate carries.
  var hosts: [String]
  /// The address that stands in certificates; nil in a demonstration.
  var publicHTTP: String?
  var listenHTTPS: String
  var listenHTTP: String
  var lab: Bool
  /// Bounds by name; what is absent has its default.
  var limits: [String: Int]?
  /// Addresses of proxies whose PROXY protocol header is believed.
  var trustedProxies: [String]?
  /// Whom to tell of conditions.
  var notify: [NotifyEntry]?
  /// From when on something is a condition.
  var watch: WatchEntry?
  /// A PEM file of the only roots that systems outside are trusted by; the system's when absent.
  var outgoingRoots: String?
  /// A folder, a file or an https address that each checkpoint of the log is taken to.
  var checkpointSink: String?
  /// Where ACME's validations may connect to.
  var acme: ACMEEntry?
  /// PKCS #11 URIs of the tokens that hold authorities' keys, with their modules and the files of their PINs.
  var tokens: [String]?

  enum CodingKeys: String, CodingKey {
    case organization, hosts, lab, limits, notify, watch, acme, tokens
    case organizationID = "organization-id"
    case publicHTTP = "public-http"
    case listenHTTPS = "listen-https"
    case listenHTTP = "listen-http"
    case trustedProxies = "trusted-proxies"
    case outgoingRoots = "outgoing-roots"
    case checkpointSink = "checkpoint-sink"
  }

  /// Without an address that verifiers elsewhere reach: none was given, or one that means whoever asks.
  var isDemonstration: Bool {
    guard let publicHTTP else { return true }
    return AddressText.host(of: publicHTTP).map(AddressText.isLoopback) ?? true
  }

  /// What stands in certificates. In a demonstration it is this machine's own plain port.
  var addresses: Addresses {
    get throws(CommandFailure) {
      let own = ListenAddress.url("http", try ListenAddress.endpoint(listenHTTP))
      return Addresses(publicHTTP: publicHTTP ?? own, isDemonstration: isDemonstration)
    }
  }

  /// Every name under which this installation is reached.
  var reservedNames: ReservedNames {
    var hosts = HostName.always + hosts
    if let publicHTTP, let address = URLComponents(string: publicHTTP)?.host { hosts.append(address) }
    return ReservedNames(hosts.map(HostName.general))
  }

  static func load(from path: String) throws(CommandFailure) -> InstallationConfiguration {
    guard FileManager.default.fileExists(atPath: path) else {
      throw InputFile.missing(path, hint: "touchmark init --data DIR --organization NAME makes it")
    }
    let data = Data(try InputFile.bytes(path, limit: 65_536))
    do {
      return try YAMLDecoder().decode(InstallationConfiguration.self, from: data)
    } catch {
      throw CommandFailure(.refused, "\(path) is not a configuration: \(ConfigurationMistake.words(error))")
    }
  }

  var text: String {
    get throws {
      "# what touchmark serve reads at start; the organization and its identifier never change\n"
        + (try YAMLEncoder().encode(self))
    }
  }
}

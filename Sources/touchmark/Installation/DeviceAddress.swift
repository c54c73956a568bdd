import Synchronization

/// The HTTPS address that devices are told: the first host that `init` recorded, at the port that was bound.
final class DeviceAddress: Sendable {
  private let host: String?
  private let bound = Mutex<String?>(nil)

  init(hosts: [String]) { host = hosts.first }

  var url: String { bound.withLock { $0 } ?? "" }

  /// - Parameter own: the address as this machine reaches it.
  func set(own: String) {
    guard let host, let colon = own.lastIndex(of: ":") else { return bound.withLock { $0 = own } }
    let name = host.contains(":") ? "[\(host)]" : host
    bound.withLock { $0 = "https://\(name)\(own[colon...])" }
  }
}

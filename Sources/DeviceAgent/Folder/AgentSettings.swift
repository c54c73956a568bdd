import WireFormats

/// Whom a device asks, and as whom: what `enroll` was told.
public struct AgentSettings: Hashable, Sendable {
  public let server: ServerAddress
  public let serial: String
  /// Whom the secret belongs to: the serial, or a grant's name.
  public let name: String
  /// Where new keys are made.
  public let keys: KeySettings

  public init(server: ServerAddress, serial: String, name: String, keys: KeySettings = .file) {
    (self.server, self.serial, self.name, self.keys) = (server, serial, name, keys)
  }

  init?(_ octets: [UInt8]) {
    guard let value = try? JSONParser.parse(octets), case .string(let server)? = value["server"],
      case .string(let serial)? = value["serial"], case .string(let name)? = value["name"],
      let address = ServerAddress(server), let keys = KeySettings(value["key"])
    else { return nil }
    self.init(server: address, serial: serial, name: name, keys: keys)
  }

  var octets: [UInt8] {
    let value: JSONValue = [
      "server": .string(server.text), "serial": .string(serial), "name": .string(name), "key": keys.value,
    ]
    return Array(value.written().utf8)
  }
}

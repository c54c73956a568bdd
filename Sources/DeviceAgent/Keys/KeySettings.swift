import DeviceTPM
import PKCS11
import WireFormats

/// Where a device's keys are made: what `enroll --key` was told, kept in agent.json.
public enum KeySettings: Hashable, Sendable {
  case file
  case tpm(TPMPlace)
  /// The URI names the token and the key on it, the module's file, and the PIN's.
  case token(PKCS11URI)

  /// The word for it, as `DeviceKey.home`.
  public var name: String {
    switch self {
    case .file: "file"
    case .tpm: "tpm"
    case .token: "pkcs11"
    }
  }

  /// Keys that were made under `other` can be used under this as well: every home reads its own, and a file.
  func continues(_ other: KeySettings) -> Bool { other == .file || name == other.name }
}

/// A TPM, and how a key lies in it.
public struct TPMPlace: Hashable, Sendable {
  /// As tpm2-tools take it with `-T`.
  public var configuration: String
  /// A persistent handle; nil for a blob in the agent's folder.
  public var handle: UInt32?
  /// The file with the value that the key's use asks for; nil for none.
  public var authorizationFile: String?

  public init(configuration: String = TPM.standard, handle: UInt32? = nil, authorizationFile: String? = nil) {
    (self.configuration, self.handle, self.authorizationFile) = (configuration, handle, authorizationFile)
  }

  /// TPM 2.0 Library part 2, §7.5: the owner's persistent handles.
  public static let handles: ClosedRange<UInt32> = 0x8100_0000...0x817F_FFFF
}

extension KeySettings {
  /// `pkcs11:…`, with what a device's key needs.
  public init(uri text: String) throws(AgentFailure) {
    let uri: PKCS11URI
    do throws(PKCS11URIError) { uri = try PKCS11URI(parsing: text) } catch {
      throw AgentFailure(.usage, error.description)
    }
    guard uri.namesAnyToken, uri.modulePath != nil, uri.pinSource != nil else {
      throw AgentFailure(
        .usage, "the PKCS #11 URI names no token, no module-path or no pin-source",
        hint: "--key 'pkcs11:token=NAME;object=KEY?module-path=/usr/lib/….so&pin-source=/etc/….pin'")
    }
    self = .token(uri)
  }

  /// Nil for what is no such value. Without one it is `file`, as before there was a choice.
  init?(_ value: JSONValue?) {
    guard let value else {
      self = .file
      return
    }
    guard case .string(let home)? = value["home"] else { return nil }
    switch home {
    case "file": self = .file
    case "tpm":
      guard let place = TPMPlace(value) else { return nil }
      self = .tpm(place)
    case "pkcs11":
      guard case .string(let text)? = value["uri"], let settings = try? KeySettings(uri: text) else { return nil }
      self = settings
    default: return nil
    }
  }

  var value: JSONValue {
    switch self {
    case .file: ["home": "file"]
    case .tpm(let place): place.value
    case .token(let uri): ["home": "pkcs11", "uri": .string(uri.description)]
    }
  }
}

extension TPMPlace {
  init?(_ value: JSONValue) {
    guard case .string(let configuration)? = value["tcti"] else { return nil }
    self.init(configuration: configuration)
    if case .string(let text)? = value["handle"] {
      guard let handle = TPMPlace.handle(text) else { return nil }
      self.handle = handle
    }
    if case .string(let path)? = value["authorization_file"] { authorizationFile = path }
  }

  var value: JSONValue {
    var members: [JSONValue.Member] = [.init("home", "tpm"), .init("tcti", .string(configuration))]
    if let handle { members.append(.init("handle", .string("0x" + String(handle, radix: 16)))) }
    if let authorizationFile { members.append(.init("authorization_file", .string(authorizationFile))) }
    return .object(members)
  }

  /// `0x81000010`; nil outside of the owner's range.
  public static func handle(_ text: String) -> UInt32? {
    guard text.hasPrefix("0x"), let handle = UInt32(text.dropFirst(2), radix: 16), handles.contains(handle) else {
      return nil
    }
    return handle
  }
}

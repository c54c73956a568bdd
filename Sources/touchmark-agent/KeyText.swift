import DeviceAgent
import DeviceClient

/// Where a key lives, and what the server knows of it, for a person.
enum KeyText {
  static func place(of key: any DeviceKey, in folder: AgentFolder) throws -> String {
    let standing = try standing(of: key, in: folder)
    return switch key.home {
    case "tpm": standing == "attested" ? "in the TPM, as the TPM has shown" : "in the TPM (claimed: nothing attests it)"
    case "pkcs11": "on a PKCS #11 token (claimed: nothing attests it)"
    default: "in a \(key.home) (in software)"
    }
  }

  /// In the words of the server's records.
  static func standing(of key: any DeviceKey, in folder: AgentFolder) throws -> String {
    if try folder.isAttested(key.publicKey) { return "attested" }
    return key.home == "file" ? "software" : "claimed"
  }
}

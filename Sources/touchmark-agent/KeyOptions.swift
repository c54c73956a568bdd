import ArgumentParser
import DeviceAgent

/// Where the device's key is made.
struct KeyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "file, tpm, or pkcs11:… (RFC 7512, with module-path and pin-source). Without it: the TPM where there is one that "
        + "this program may use, else a file.",
      valueName: "home"))
  var key: String?

  @Option(
    help: ArgumentHelp(
      "Which TPM, as tpm2-tools take it with -T; without it device:/dev/tpmrm0.", valueName: "tcti"))
  var tcti: String?

  @Option(
    help: ArgumentHelp(
      "Keep the key in the TPM, under this persistent handle, instead of as a sealed blob in the folder.",
      valueName: "0x81…"))
  var tpmHandle: String?

  @Option(
    help: ArgumentHelp(
      "The file with the value that the key in the TPM asks for at each use, at most 32 octets.", valueName: "file"))
  var tpmAuthorization: String?

  func validate() throws {
    let isTPM = key == "tpm"
    guard isTPM || (tcti == nil && tpmHandle == nil && tpmAuthorization == nil) else {
      throw ValidationError("--tcti, --tpm-handle and --tpm-authorization go with --key tpm")
    }
    if let tpmHandle, TPMPlace.handle(tpmHandle) == nil {
      throw ValidationError("--tpm-handle is one of the owner's, 0x81000000 to 0x817fffff")
    }
    guard let key, !["file", "tpm"].contains(key), !key.hasPrefix("pkcs11:") else { return }
    throw ValidationError("--key is file, tpm or a URI that begins with pkcs11:")
  }

  /// - Parameter held: What the folder was begun with; goes on where nothing else is said.
  func settings(held: KeySettings?) throws(AgentFailure) -> KeySettings {
    guard let key else { return held ?? Self.found() }
    switch key {
    case "file": return .file
    case "tpm":
      var place = TPMPlace()
      if let tcti { place.configuration = tcti }
      place.handle = tpmHandle.flatMap(TPMPlace.handle)
      place.authorizationFile = tpmAuthorization.map(AnyFile.absolute)
      return .tpm(place)
    default: return try KeySettings(uri: key)
    }
  }

  /// The best home that this machine has without being told.
  private static func found() -> KeySettings {
    switch TPMPlace().look() {
    case .usable: return .tpm(TPMPlace())
    case .absent: return .file
    case .unusable(let why):
      Said.message("there is a TPM, and it is not used: \(why)")
      Said.hint("the key is in a file; --key tpm insists on the TPM, --key file says that a file is meant")
      return .file
    }
  }
}

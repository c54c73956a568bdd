import DeviceTPM

extension TPMError {
  /// The key will never be there again.
  var isLoss: Bool { self == .notOfThisTPM || self == .notThere }

  var words: String {
    switch self {
    case .unavailable(let reason): reason
    case .busy: "the TPM is busy"
    case .malformed: "the TPM, or what was kept of its key, says nothing that can be read"
    case .wrongAuthorization: "the TPM refuses the authorization value: the key, or its hierarchy, has another"
    case .lockedOut: "the TPM takes no authorization values for a while, after wrong ones"
    case .notOfThisTPM, .notThere: "the TPM does not hold it: it was cleared, or it is another TPM"
    case .failed(let command, let code):
      "the TPM answered command 0x\(String(command, radix: 16)) with 0x\(String(code, radix: 16))"
    }
  }

  func cure(_ place: TPMPlace) -> String? {
    switch self {
    case .unavailable: "which TPM it is stands in --tcti (\(place.configuration)); tpm2_getrandom 8 tries it"
    case .wrongAuthorization: "--tpm-authorization FILE names the key's value"
    default: nil
    }
  }
}

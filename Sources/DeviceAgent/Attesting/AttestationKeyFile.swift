import Credentials
import DeviceTPM
import WireFormats

/// The attestation key of a device's TPM, as the server knows it since the device enrolled: kept as a blob in the folder.
package enum AttestationKeyFile {
  /// Finds it, or makes it and keeps it before anybody hears of it. After the TPM was cleared it is another one.
  package static func key(of home: TPMKeyHome, in folder: AgentFolder) throws(TPMError) -> TPMKeyBlob {
    if let held = try held(in: folder) {
      do throws(TPMError) {
        _ = try home.publicArea(.blob(held))
        return held
      } catch .notOfThisTPM {}
    }
    let tpm = home.tpm
    let made = try Waiting.result { () throws(TPMError) in try await tpm.createKey(.attestation) }
    let text = TPMKeyFile.encode(made, hasAuthorization: false).text
    do throws(AgentFailure) {
      try DurableFile.replace(folder.attestationKeyFile, with: Array(text.utf8))
    } catch { throw .unavailable(error.reason) }
    KillPoint.pass("attestation-key-kept")
    return made
  }

  /// Nil before the device showed its TPM.
  static func held(in folder: AgentFolder) throws(TPMError) -> TPMKeyBlob? {
    let octets: [UInt8]?
    do throws(AgentFailure) { octets = try DurableFile.read(folder.attestationKeyFile, limit: 65_536) } catch {
      throw .unavailable(error.reason)
    }
    return octets.flatMap { PEM.parse(String(decoding: $0, as: UTF8.self))?.first }.flatMap(TPMKeyFile.decode)
  }
}

extension AgentFolder {
  var attestationKeyFile: String { file("attestation.pem") }
  private var attestedFile: String { file("attested") }

  /// The server saw the TPM's proof of where this key lives.
  func note(attested key: SubjectPublicKeyInfo) throws(AgentFailure) {
    try DurableFile.replace(attestedFile, with: Array((Hex.encode(key.keyHash) + "\n").utf8), mode: 0o644)
  }

  /// Whether the server saw such a proof.
  public func isAttested(_ key: SubjectPublicKeyInfo) throws(AgentFailure) -> Bool {
    guard let octets = try DurableFile.read(attestedFile, limit: 4096) else { return false }
    return octets == Array((Hex.encode(key.keyHash) + "\n").utf8)
  }
}

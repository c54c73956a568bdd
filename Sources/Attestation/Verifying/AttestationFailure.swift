import Credentials
import WireFormats

/// Why evidence is not believed. Each case is one demand; its text is for operators.
public enum AttestationFailure: Error, Hashable, Sendable {
  // Form.
  /// The structure, and what is wrong in it.
  case malformed(String, TPMStructureError)
  // The endorsement key and its certificate.
  case endorsementCertificate(CertificationPathError)
  /// The certificate is not for an endorsement key (TCG EK Credential Profile §3.5.16), or may not encipher.
  case endorsementCertificateUse
  /// The public area shown is not that of the certificate's key.
  case endorsementKeyMismatch
  /// Not a restricted decryption key that never leaves its TPM, with AES beneath.
  case endorsementKeyTemplate
  // The attestation key.
  /// What the key lacks of restricted, sign, fixedTPM, fixedParent and sensitiveDataOrigin.
  case attestationKeyLacks([String])
  case attestationKeyDecrypts
  /// No scheme, or one that rests on SHA-1.
  case attestationKeyScheme
  /// Its Name is made with SHA-1.
  case weakName
  /// The secret is not the one that only the endorsement key's TPM could decrypt.
  case wrongSecret
  /// No certificate of an attestation key (WebAuthn Level 2 §8.3.1).
  case attestationCertificateUse
  // Every attestation.
  case signatureScheme
  case badSignature
  case wrongNonce
  // A certified key.
  /// The attestation is about another object than the public area shown.
  case otherName
  /// The certified key is not the one that is asked to be certified.
  case otherKey
  case keyLacks([String])
  /// A restricted key signs only what the TPM makes: no TLS, and no request.
  case keyIsRestricted
  // A quote.
  case notCertify
  case notQuote
  case emptySelection
  /// A bank that rests on SHA-1.
  case weakBank
  /// A register that policy wants is not in the quote.
  case registerMissing(Int)
  /// The values shown do not make the digest that was signed.
  case otherValues
  // The log.
  case malformedLog(EventLogError)
  /// Replaying the log gives another value than this register has.
  case logDoesNotReplay(register: Int)
}

extension AttestationFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let what, let error): "\(what) cannot be read (\(error))"
    case .endorsementCertificate(let error): "the endorsement certificate is not believed: \(error)"
    case .endorsementCertificateUse: "the certificate is not for an endorsement key (purpose 2.23.133.8.1)"
    case .endorsementKeyMismatch: "the endorsement key shown is not the certificate's"
    case .endorsementKeyTemplate:
      "the endorsement key is not a restricted decryption key with AES that never leaves its TPM"
    case .attestationKeyLacks(let names): "the attestation key is not \(names.joined(separator: ", "))"
    case .attestationKeyDecrypts: "the attestation key decrypts as well"
    case .attestationKeyScheme: "the attestation key has no signature scheme with SHA-256 or better"
    case .weakName: "a key's Name rests on SHA-1"
    case .attestationCertificateUse: "the certificate is not for an attestation key (purpose 2.23.133.8.3)"
    case .wrongSecret: "the secret is not the one that was encrypted to the endorsement key"
    case .signatureScheme: "the signature is of another scheme than the attestation key's"
    case .badSignature: "the attestation is not signed by the attestation key"
    case .wrongNonce: "the attestation answers another challenge than this one"
    case .otherName: "the attestation is about another key than the one shown"
    case .otherKey: "the certified key is not the request's key"
    case .keyLacks(let names): "the certified key is not \(names.joined(separator: ", "))"
    case .keyIsRestricted: "the certified key is restricted"
    case .notCertify: "the attestation is no certification of a key"
    case .notQuote: "the attestation is no quote"
    case .emptySelection: "the quote is over no register"
    case .weakBank: "the quote is over a bank of SHA-1"
    case .registerMissing(let register): "the quote leaves out PCR \(register)"
    case .otherValues: "the values shown are not the ones that were quoted"
    case .malformedLog(let error): "the event log cannot be read: \(error)"
    case .logDoesNotReplay(let register): "the event log does not give the value of PCR \(register)"
    }
  }
}

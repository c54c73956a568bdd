import Attestation
import Credentials
import KeyCustody

/// An attacker who plays the TPM's part with keys in software, and so signs whatever it likes.
package struct Forger {
  package let key: SoftwareKey
  package static let nonce: [UInt8] = Array(0..<32)

  package init(_ algorithm: KeyAlgorithm = .p256) throws { key = try SoftwareKey.generate(algorithm) }

  package static let attestationAttributes = TPMObjectAttributes.residence.union([.restricted, .sign, .userWithAuth])
  package static let keyAttributes = TPMObjectAttributes.residence.union([.sign, .userWithAuth])

  package func area(
    _ attributes: TPMObjectAttributes, nameAlgorithm: TPMHashAlgorithm = .sha256,
    scheme: TPMScheme? = TPMScheme(TPMAlgorithm.ecdsa, .sha256), symmetric: TPMSymmetric? = nil
  ) throws -> TPMPublicArea {
    let point = Array(key.publicKey.keyOctets)
    let coordinate = (point.count - 1) / 2
    return try TPMPublicArea(
      nameAlgorithm: nameAlgorithm, attributes: attributes, symmetric: symmetric, scheme: scheme,
      parameters: .ecc(
        curve: coordinate == 32 ? .p256 : .p384, x: Array(point[1..<1 + coordinate]),
        y: Array(point[(1 + coordinate)...])))
  }

  package func attestationArea(_ attributes: TPMObjectAttributes = attestationAttributes) throws -> TPMPublicArea {
    try area(attributes)
  }

  package func sign(_ octets: [UInt8]) throws -> [UInt8] {
    try TPMSignature.encode(
      key.signature(over: octets), algorithm: key.algorithm, key: key.publicKey.algorithm) ?? []
  }

  package func certify(_ name: [UInt8], nonce: [UInt8] = nonce) throws -> [UInt8] {
    try TPMAttest(
      qualifiedSigner: attestationArea().name, extraData: nonce, attested: .certify(name: name, qualifiedName: name)
    ).encoded
  }

  package func quote(_ selection: PCRSelection, _ values: PCRValues, nonce: [UInt8] = nonce) throws -> [UInt8] {
    try TPMAttest(
      qualifiedSigner: attestationArea().name, extraData: nonce,
      attested: .quote(selection: selection, digest: values.digest(of: selection, hash: .sha256) ?? [])
    ).encoded
  }
}

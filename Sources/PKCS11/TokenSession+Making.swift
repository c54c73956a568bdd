import CPKCS11
import Credentials

/// What a kind of key is made by, on a token that offers it.
package struct KeyMaking {
  package let mechanism: CK_MECHANISM_TYPE
  package let name: String
  package let parameters: Parameters
  /// For tokens that refuse the first.
  package let otherwise: Parameters?

  package enum Parameters {
    case curve([UInt8])
    case modulus(bits: CK_ULONG)
  }

  package init(_ algorithm: KeyAlgorithm) {
    switch algorithm {
    case .p256:
      self.init(0x1040, "CKM_EC_KEY_PAIR_GEN", .curve([0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]))
    case .p384: self.init(0x1040, "CKM_EC_KEY_PAIR_GEN", .curve([0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22]))
    case .ed25519:
      // PKCS #11 v3.0 §2.3.5: the curve by its identifier (RFC 8410), or by its name as a PrintableString.
      self.init(
        0x1055, "CKM_EC_EDWARDS_KEY_PAIR_GEN", .curve([0x06, 0x03, 0x2B, 0x65, 0x70]),
        otherwise: .curve([0x13, 0x0C] + Array("edwards25519".utf8)))
    case .rsa2048: self.init(0, "CKM_RSA_PKCS_KEY_PAIR_GEN", .modulus(bits: 2048))
    case .rsa3072: self.init(0, "CKM_RSA_PKCS_KEY_PAIR_GEN", .modulus(bits: 3072))
    case .rsa4096: self.init(0, "CKM_RSA_PKCS_KEY_PAIR_GEN", .modulus(bits: 4096))
    }
  }

  private init(
    _ mechanism: CK_MECHANISM_TYPE, _ name: String, _ parameters: Parameters, otherwise: Parameters? = nil
  ) {
    (self.mechanism, self.name) = (mechanism, name)
    (self.parameters, self.otherwise) = (parameters, otherwise)
  }
}

extension TokenSession {
  /// Makes a key that never leaves the token, and reads back that the token says so of it.
  package func make(_ algorithm: KeyAlgorithm, label: String, id: [UInt8]) throws(TokenError) -> SubjectPublicKeyInfo {
    let making = KeyMaking(algorithm)
    let signing = SigningMechanism(algorithm.signatureAlgorithm)
    let offered = try cryptoki.mechanisms(slot)
    for (type, name) in [(making.mechanism, making.name), (signing.type, signing.name)] where !offered.contains(type) {
      throw .refused("the token cannot make \(algorithm.rawValue) keys: it does not offer \(name)")
    }
    guard try find(CKO.privateKey, label: label, id: nil).isEmpty else {
      throw .refused("the token holds a key \(label) already, and nothing is written over")
    }
    let (publicHandle, privateHandle) = try generateEitherWay(making, label: label, id: id)
    do throws(TokenError) {
      try checkKept(privateHandle)
      return try publicKey(algorithm, publicHandle)
    } catch {
      for handle in [publicHandle, privateHandle] {
        _ = try? cryptoki.value(\.C_DestroyObject, "C_DestroyObject") { $0(self.handle, handle) }
      }
      throw error
    }
  }

  private func generateEitherWay(
    _ making: KeyMaking, label: String, id: [UInt8]
  ) throws(TokenError) -> (CK_OBJECT_HANDLE, CK_OBJECT_HANDLE) {
    do throws(TokenError) { return try generate(making, making.parameters, label: label, id: id) } catch {
      guard case .refused = error, let otherwise = making.otherwise else { throw error }
      return try generate(making, otherwise, label: label, id: id)
    }
  }

  private func generate(
    _ making: KeyMaking, _ parameters: KeyMaking.Parameters, label: String, id: [UInt8]
  ) throws(TokenError) -> (CK_OBJECT_HANDLE, CK_OBJECT_HANDLE) {
    var mechanism = CK_MECHANISM(mechanism: making.mechanism, pParameter: nil, ulParameterLen: 0)
    var handles: (CK_OBJECT_HANDLE, CK_OBJECT_HANDLE) = (0, 0)
    try Self.publicTemplate(parameters, label, id).withTemplate { open, openCount throws(TokenError) in
      try Self.privateTemplate(label, id).withTemplate { closed, closedCount throws(TokenError) in
        try cryptoki.call(\.C_GenerateKeyPair, "C_GenerateKeyPair") {
          $0(handle, &mechanism, open, openCount, closed, closedCount, &handles.0, &handles.1)
        }
      }
    }
    return handles
  }

  private static func publicTemplate(_ parameters: KeyMaking.Parameters, _ label: String, _ id: [UInt8]) -> Attributes {
    var template = Attributes()
    template.add(CKA.token, true)
    template.add(CKA.verify, true)
    template.add(CKA.label, text: label)
    template.add(CKA.id, octets: id)
    switch parameters {
    case .curve(let parameters): template.add(CKA.ecParams, octets: parameters)
    case .modulus(let bits):
      template.add(CKA.modulusBits, number: bits)
      template.add(CKA.publicExponent, octets: [1, 0, 1])
    }
    return template
  }

  private static func privateTemplate(_ label: String, _ id: [UInt8]) -> Attributes {
    var template = Attributes()
    template.add(CKA.token, true)
    template.add(CKA.private, true)
    template.add(CKA.sensitive, true)
    template.add(CKA.extractable, false)
    template.add(CKA.sign, true)
    template.add(CKA.label, text: label)
    template.add(CKA.id, octets: id)
    return template
  }

  /// PKCS #11 §4.9: a token that kept the key to itself says so in these attributes, which nobody can set.
  private func checkKept(_ key: CK_OBJECT_HANDLE) throws(TokenError) {
    let wanted: [(CK_ATTRIBUTE_TYPE, String, Bool)] = [
      (CKA.sensitive, "CKA_SENSITIVE", true), (CKA.alwaysSensitive, "CKA_ALWAYS_SENSITIVE", true),
      (CKA.neverExtractable, "CKA_NEVER_EXTRACTABLE", true), (CKA.local, "CKA_LOCAL", true),
      (CKA.extractable, "CKA_EXTRACTABLE", false),
    ]
    for (type, name, value) in wanted where try flag(type, of: key) != value {
      throw .refused("the token does not say \(name) \(value) of the key that it made; the key was destroyed")
    }
  }
}

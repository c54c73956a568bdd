extension CertificationRequestError: CustomStringConvertible {
  /// Goes on after "the request cannot be read: ".
  public var description: String {
    switch self {
    case .tooLarge: "it is longer than \(CertificationRequest.maximumSize) octets"
    case .malformed: "it is not DER of PKCS #10"
    case .unsupportedVersion: "its version is not 0"
    case .publicKey(.tooWeak(let key)): "its key is too weak: \(key)"
    case .publicKey(.unsupported(let algorithm)): "its key's algorithm \(algorithm) is not used here"
    case .publicKey(.malformed): "its key is damaged"
    case .unsupportedSignatureAlgorithm(let algorithm): "its signature's algorithm \(algorithm) is not used here"
    case .duplicateAttribute(let type): "the attribute \(type) stands twice"
    case .duplicateExtension(let type): "the extension \(ExtensionID.name(of: type)) stands twice"
    case .malformedExtension(let type): "the extension \(ExtensionID.name(of: type)) is damaged"
    }
  }
}

extension TPMPublicArea {
  /// Writes a public area, for those who play the TPM's part and for templates.
  ///
  /// - Throws: what parsing it again throws: there is no second rule for what may stand in one.
  public init(
    nameAlgorithm: TPMHashAlgorithm, attributes: TPMObjectAttributes, authPolicy: [UInt8] = [],
    symmetric: TPMSymmetric? = nil, scheme: TPMScheme? = nil, parameters: Parameters
  ) throws(TPMStructureError) {
    try self.init(
      parsing: TPMWriter.build { writer in
        writer.integer(parameters.algorithm)
        writer.integer(nameAlgorithm.rawValue)
        writer.integer(attributes.rawValue)
        writer.sized(authPolicy)
        TPMSymmetric.write(symmetric, to: &writer)
        TPMScheme.write(scheme, to: &writer)
        parameters.write(to: &writer)
      })
  }
}

extension TPMPublicArea.Parameters {
  var algorithm: UInt16 {
    switch self {
    case .rsa: TPMAlgorithm.rsa
    case .ecc: TPMAlgorithm.ecc
    }
  }

  fileprivate func write(to writer: inout TPMWriter) {
    switch self {
    case .rsa(let bits, let exponent, let modulus):
      writer.integer(bits)
      writer.integer(exponent)
      writer.sized(modulus)
    case .ecc(let curve, let x, let y):
      writer.integer(curve.rawValue)
      TPMScheme.write(nil, to: &writer)
      writer.sized(x)
      writer.sized(y)
    }
  }
}

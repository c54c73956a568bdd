import WireFormats

/// What the rules ask of a value that they do not know.
enum DERValue {
  /// Exactly one element.
  static func isSingle(_ value: [UInt8]) -> Bool {
    var reader = DERReader(value)
    return (try? reader.read()) != nil && reader.isAtEnd
  }
}

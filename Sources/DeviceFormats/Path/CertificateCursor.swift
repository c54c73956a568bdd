/// Reads the certificates of a bundle, DER one after the other, at most `FormatLimits.bundle` of them.
public struct CertificateCursor {
  private var list: DERCursor
  private var left = FormatLimits.bundle

  public init(_ bundle: ByteView) { list = DERCursor(bundle) }

  /// The next certificate's DER; nil at the end, or where the bundle cannot be read any further.
  ///
  /// RFC 5652 §10.2.2: an untagged SEQUENCE is an X.509 certificate; the tagged choices are passed over.
  public mutating func next() -> ByteView? {
    while left > 0, let item = try? list.read() {
      left &-= 1
      if item.tag == TagOctet.sequence { return item.encoded }
    }
    return nil
  }

  public var rest: ByteView { list.rest }
}

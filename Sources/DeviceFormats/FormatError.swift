/// Why bytes are not what they should be. The raw values are those of touchmark.h.
public enum FormatError: Int32, Error {
  /// It ends before its length says.
  case truncated = 1
  /// Another tag than the standard has there.
  case unexpectedTag = 2
  /// A form that BER has and DER has not: indefinite or long lengths, padded integers, a default value written out.
  case notDER = 3
  /// Bytes after the end.
  case trailing = 4
  /// Over one of `FormatLimits`.
  case tooLong = 5
  case badInteger = 6
  case badTime = 7
  case badString = 8
  /// A version that is not read here.
  case unsupportedVersion = 9
  /// RFC 5280 §4.1.1.2: the algorithm outside is not the one inside the signature.
  case algorithmMismatch = 10
  /// RFC 5280 §4.2: the same extension twice.
  case duplicateExtension = 11
  /// An extension's value is not what its identifier promises.
  case badExtension = 12
  /// Not the content type that was asked for.
  case unexpectedContent = 13
  /// Not base64.
  case badBase64 = 14
  /// The caller's buffer is too small.
  case noRoom = 15
  /// A value given by the caller cannot be written.
  case badValue = 16
  /// The caller's own function said no.
  case refused = 17
}

/// What is read, and no more. Numbers without a source are ours: many times what is met, and small enough that hostile
/// bytes cost no time.
public enum FormatLimits {
  /// Octets of any one element: lengths of at most three octets.
  public static let element = 1 << 24
  public static let certificate = 65_536
  public static let extensions = 32
  /// RFC 5280 §4.1.2.2: "Conforming CAs MUST NOT use serialNumber values longer than 20 octets".
  public static let serial = 20
  /// Certificates of one bundle that are looked at.
  public static let bundle = 64
  /// Certificates of one path, leaf and anchor among them.
  public static let path = 8
  /// Signatures checked while one path is searched for.
  public static let signatures = 16
}

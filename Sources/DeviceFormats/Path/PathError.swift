/// Why a certificate is not believed. The raw values are those of touchmark.h, after those of `FormatError`.
public enum PathError: Int32, Error {
  /// The certificate itself cannot be read.
  case unreadable = 32
  /// RFC 5280 §6.1.3(a)(2).
  case notYetValid = 33
  case expired = 34
  /// RFC 5280 §6.1.4(o) and §6.1.5(f).
  case unknownCriticalExtension = 35
  /// RFC 5280 §6.1.4(k): an issuer without `cA`, or of a version before 3.
  case notAnAuthority = 36
  /// RFC 5280 §6.1.4(n).
  case mayNotSignCertificates = 37
  /// RFC 5280 §6.1.4(l), (m), or longer than `FormatLimits.path`.
  case pathTooLong = 38
  /// RFC 5280 §6.1.3(a)(1), or an algorithm that is not known here.
  case badSignature = 39
  /// RFC 5280 §6.1.3(a)(4): no certificate that was given has the issuer's name.
  case noIssuer = 40
  /// RFC 5280 §4.2.1.12 and §4.2.1.3: the key is for something else.
  case wrongPurpose = 41
  /// `FormatLimits.signatures` were checked without coming to an anchor.
  case tooManySignatures = 42
}

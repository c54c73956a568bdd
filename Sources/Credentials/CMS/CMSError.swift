import WireFormats

/// Why a CMS object (RFC 5652, RFC 5083) is not taken, or cannot be made.
public enum CMSError: Error, Hashable, Sendable {
  /// Over `ContentInfo.maximumSize`, or more members than any real object has.
  case tooLarge
  case malformed(DERError)
  case unexpectedContentType(ObjectIdentifier)
  case unsupportedAlgorithm(ObjectIdentifier)
  /// The content is elsewhere, and was not given.
  case missingContent
  /// A signed attribute that must stand once, with one value, does not.
  case missingAttribute(ObjectIdentifier)
  /// The contentType attribute names another type than the content has (RFC 5652 §11.1).
  case contentTypeMismatch
  /// The messageDigest attribute is of another content (RFC 5652 §11.2).
  case digestMismatch
  case badSignature
  /// Nothing in it was encrypted to this key, or under a password.
  case notARecipient
  /// It was encrypted to this key and does not open. It is never said why: the reason would be an oracle.
  case cannotOpen
  /// The key derivation asks for more iterations than are granted.
  case tooManyIterations
  /// The cryptography library did not encrypt.
  case cannotSeal
}

extension CMSError {
  /// What reading throws, in this type.
  static func reading<Value>(_ body: () throws -> Value) throws(CMSError) -> Value {
    do { return try body() } catch let error as CMSError { throw error } catch let error as DERError {
      throw .malformed(error)
    } catch {
      throw .malformed(.truncated)
    }
  }

  /// What encrypting throws, in this type.
  static func sealing<Value>(_ body: () throws -> Value) throws(CMSError) -> Value {
    do { return try body() } catch let error as CMSError { throw error } catch { throw .cannotSeal }
  }
}

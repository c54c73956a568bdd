import KeyCustody
import PKCS11

extension TokenSession {
  func logIn(_ pin: TokenPIN) throws(TokenError) {
    try logIn { (show: Showing) throws(TokenError) in
      try pin.offer { secret throws(TokenError) in
        var octets = secret.withBytes { Array($0) }
        defer { SecretBytes.wipe(&octets) }
        return try show(octets)
      }
    }
  }
}

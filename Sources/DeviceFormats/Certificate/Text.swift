/// The character strings of names.
enum Text {
  /// A string whose octets are UTF-8 as they stand.
  static func isText(_ item: DERItem) -> Bool {
    switch item.tag {
    case TagOctet.utf8String: isUTF8(item.content)
    case TagOctet.printableString, TagOctet.ia5String: isASCII(item.content)
    default: false
    }
  }

  static func isASCII(_ text: ByteView) -> Bool {
    var index = 0
    while let octet = text.byte(index) {
      guard octet >= 0x20, octet < 0x7F else { return false }
      index &+= 1
    }
    return true
  }

  /// X.680 §41.4, table 10.
  static func isPrintable(_ text: ByteView) -> Bool {
    var index = 0
    while let octet = text.byte(index) {
      let isLetter = (octet | 0x20) >= 0x61 && (octet | 0x20) <= 0x7A
      // Space ' ( ) + , - . / 0…9 : and = ?
      let isOther = octet == 0x20 || octet >= 0x27 && octet <= 0x3A && octet != 0x2A || octet == 0x3D || octet == 0x3F
      guard isLetter || isOther else { return false }
      index &+= 1
    }
    return true
  }

  /// RFC 3629 §4, without control characters.
  static func isUTF8(_ text: ByteView) -> Bool {
    var index = 0
    while let octet = text.byte(index) {
      index &+= 1
      if octet < 0x80 {
        guard octet >= 0x20, octet != 0x7F else { return false }
        continue
      }
      guard let more = following(octet), let second = text.byte(index), isSecond(second, after: octet) else {
        return false
      }
      var left = more
      while left > 0 {
        guard let next = text.byte(index), next & 0xC0 == 0x80 else { return false }
        (index, left) = (index &+ 1, left &- 1)
      }
    }
    return true
  }

  private static func following(_ octet: UInt8) -> Int? {
    switch octet {
    case 0xC2...0xDF: 1
    case 0xE0...0xEF: 2
    case 0xF0...0xF4: 3
    default: nil
    }
  }

  /// No overlong forms, no surrogates, nothing over U+10FFFF.
  private static func isSecond(_ octet: UInt8, after first: UInt8) -> Bool {
    switch first {
    case 0xE0: octet >= 0xA0
    case 0xED: octet < 0xA0
    case 0xF0: octet >= 0x90
    case 0xF4: octet < 0x90
    default: true
    }
  }
}

import DeviceFormats
import Testing
import WireFormats

/// The reader on its own: what DER forbids, element by element.
@Suite struct DERCursorTests {
  func outcome(_ hex: String, _ read: (DERItem) throws(FormatError) -> Void = { _ in }) throws -> FormatError? {
    let bytes = try #require(Hex.decode(hex))
    return lend(bytes) { view in
      do throws(FormatError) {
        var cursor = DERCursor(view)
        try read(cursor.read())
        try cursor.finish()
      } catch { return error }
      return nil
    }
  }

  @Test(arguments: [
    ("0500", nil), ("3003020100", nil), ("0481" + "80" + String(repeating: "00", count: 128), nil),
    ("", FormatError.truncated), ("30", .truncated), ("300302", .truncated), ("3081", .truncated),
    ("308201", .truncated),
    // Indefinite, too many octets of length, length not in its shortest form, a tag over 30.
    ("30800000", .notDER), ("3084000000020500", .tooLong), ("308103020100", .notDER), ("30820003020100", .notDER),
    ("1F010100", .unexpectedTag), ("05000500", .trailing), ("30FFFFFF", .tooLong),
  ])
  func elements(hex: String, expected: FormatError?) throws { #expect(try outcome(hex) == expected) }

  @Test(arguments: [
    ("020100", nil), ("02017F", nil), ("02020080", nil), ("020300FFFF", nil), ("0200", FormatError.badInteger),
    ("02020001", .notDER), ("0202FF80", .notDER), ("0201FF", .badInteger), ("0203010000", .badInteger),
    ("020400FFFFFF", .badInteger),
  ])
  func smallIntegers(hex: String, expected: FormatError?) throws {
    #expect(try outcome(hex) { (item) throws(FormatError) in _ = try item.smallInteger() } == expected)
  }

  @Test(arguments: [
    ("0101FF", nil), ("010100", nil), ("010101", FormatError.notDER), ("0100", .notDER), ("0102FFFF", .notDER),
  ])
  func booleans(hex: String, expected: FormatError?) throws {
    #expect(try outcome(hex) { (item) throws(FormatError) in _ = try item.boolean() } == expected)
  }

  @Test(arguments: [
    ("03020780", nil), ("03020106", nil), ("0303070080", nil), ("030100", nil), ("0300", FormatError.notDER),
    ("03020880", .notDER), ("03020080", .notDER), ("030207C0", .notDER), ("030107", .notDER),
  ])
  func namedBits(hex: String, expected: FormatError?) throws {
    #expect(try outcome(hex) { (item) throws(FormatError) in _ = try item.namedBits() } == expected)
  }
}

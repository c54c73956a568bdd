import PKCS11
import Testing
import TokenCustody

@Suite struct PKCS11URITests {
  @Test func everyAttributeIsRead() throws {
    let uri = try PKCS11URI(
      parsing: "pkcs11:token=The%20Issuing%3B%20Token;serial=0a1B;manufacturer=M;model=S;slot-id=12;object=k;id=%01%ff;"
        + "type=private?module-path=/usr/lib/a.so&pin-source=file:/etc/pin")
    #expect(uri.token == "The Issuing; Token")
    #expect(uri.serial == "0a1B")
    #expect(uri.manufacturer == "M")
    #expect(uri.model == "S")
    #expect(uri.slotID == 12)
    #expect(uri.object == "k")
    #expect(uri.id == [1, 0xFF])
    #expect(uri.modulePath == "/usr/lib/a.so")
    #expect(uri.pinSource == "/etc/pin")
  }

  @Test(arguments: ["file:/p", "file:///p", "/p", "%2Fp"]) func pinSourcesAreFiles(_ text: String) throws {
    #expect(try PKCS11URI(parsing: "pkcs11:token=a?pin-source=\(text)").pinSource == "/p")
  }

  @Test func writingAndReadingAgree() throws {
    var uri = PKCS11URI()
    uri.token = "Ä ;?&=%"
    uri.id = Array(0...63)
    uri.object = "operational-1"
    uri.type = "private"
    uri.slotID = .max
    uri.modulePath = "/opt/a b/c;d&e.so"
    uri.pinSource = "/run/pin"
    // The slot's number has 20 digits, one more than is taken.
    #expect(throws: PKCS11URIError.self) { try PKCS11URI(parsing: uri.description) }
    uri.slotID = UInt(Int.max)
    #expect(try PKCS11URI(parsing: uri.description) == uri)
    #expect(!uri.tokenOnly.description.contains("pin"))
    #expect(!uri.key(object: "x", id: nil).description.contains("module"))
  }

  @Test(arguments: [
    "", "pkcs11", "PKCS11:token=a", "pkcs11:token", "pkcs11:token=", "pkcs11:token=%", "pkcs11:token=%4",
    "pkcs11:token=%zz", "pkcs11:token=a;token=b", "pkcs11:token=a b", "pkcs11:token=a\n", "pkcs11:colour=red",
    "pkcs11:token=a?colour=red", "pkcs11:token=a?pin-value=1234", "pkcs11:token=a?pin-source=%7Ccat%20/pin",
    "pkcs11:token=a?pin-source=pin", "pkcs11:token=a?module-path=lib.so", "pkcs11:token=a?module-path=/a%00b",
    "pkcs11:token=a?module-name=softhsm", "pkcs11:slot-id=-1", "pkcs11:slot-id=x", "pkcs11:id=", "pkcs11:type=cert",
    "pkcs11:token=%ff", "pkcs11:token=" + String(repeating: "a", count: 33),
    "pkcs11:object=" + String(repeating: "a", count: 1200),
  ]) func whatCannotBeHonouredIsRefused(_ text: String) {
    #expect(throws: PKCS11URIError.self) { try PKCS11URI(parsing: text) }
  }

  @Test func aPINInAURIIsNamedAndNotRepeated() {
    let error = #expect(throws: PKCS11URIError.self) { try PKCS11URI(parsing: "pkcs11:token=a?pin-value=271828") }
    #expect(error?.description.contains("pin-source") == true)
    #expect(error?.description.contains("271828") == false)
  }

  @Test func tokensAreTold() throws {
    let a = try PKCS11URI(parsing: "pkcs11:token=a;serial=1")
    #expect(a.namesToken(of: try PKCS11URI(parsing: "pkcs11:token=a")))
    #expect(!a.namesToken(of: try PKCS11URI(parsing: "pkcs11:token=b")))
    #expect(!a.namesToken(of: try PKCS11URI(parsing: "pkcs11:token=a;serial=2")))
  }
}

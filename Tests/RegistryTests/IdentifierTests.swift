import Registry
import Testing
import WireFormats

@Suite struct IdentifierTests {
  @Test(arguments: ["", "-a", "a-", "A", "a.b", "a/b", "ä", "a b", String(repeating: "a", count: 33)])
  func `No organization's identifier`(_ text: String) {
    #expect(OrganizationID(rawValue: text) == nil)
  }

  @Test(arguments: ["a", "acme-2", "0", String(repeating: "a", count: 32)])
  func `An organization's identifier`(_ text: String) {
    #expect(OrganizationID(rawValue: text)?.description == text)
  }

  @Test(arguments: ["", ".a", "-a", "_a", "a/b", "a:b", "a b", "é", "a\n", String(repeating: "a", count: 65)])
  func `No profile's and no grant's name`(_ text: String) {
    #expect(ProfileName(rawValue: text) == nil)
    #expect(GrantName(rawValue: text) == nil)
  }

  @Test(arguments: ["a", "Line_3.b-2", "802.1AR", String(repeating: "Z", count: 64)])
  func `A profile's and a grant's name`(_ text: String) {
    #expect(ProfileName(rawValue: text)?.rawValue == text)
    #expect(GrantName(rawValue: text)?.rawValue == text)
  }

  @Test func `Fresh identifiers are valid, differ, and devices' sort as time does`() throws {
    var random = SystemRandomNumberGenerator()
    let devices = (0..<100).map { DeviceID(at: Sample.start + .seconds($0), random: &random) }
    #expect(devices == devices.sorted() && Set(devices).count == 100)
    for device in devices { #expect(DeviceID(rawValue: device.rawValue) == device) }
    let organization = OrganizationID(random: &random)
    #expect(OrganizationID(rawValue: organization.rawValue) == organization)
    let grant = GrantName(random: &random)
    #expect(GrantName(rawValue: grant.rawValue) == grant)
    let authority = try #require(AuthorityID(purpose: "operational", random: &random))
    #expect(authority.rawValue.hasPrefix("operational-"))
    #expect(AuthorityID(purpose: "No Label", random: &random) == nil)
  }
}

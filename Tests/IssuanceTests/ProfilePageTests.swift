import Foundation
import Issuance
import Testing

/// `docs/profiles.md`: its example is a profile, and its table has every key, and no other.
@Suite struct ProfilePageTests {
  private static func page() throws -> String {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/profiles.md")
    return try String(contentsOf: path.standardizedFileURL, encoding: .utf8)
  }

  private static func example() throws -> String {
    let parts = try page().components(separatedBy: "```")
    return try #require(parts.count == 3 ? parts[1].dropFirst("yaml\n".count) : nil).description
  }

  @Test func theExampleIsAProfile() throws {
    let profile = try ProfileDocument.parse(Self.example())
    #expect(profile.name.rawValue == "pump" && profile.extensions.count == 1 && profile.authorization != nil)
  }

  /// The example has them all but one, which only `lab` may have.
  @Test func theTableHasEveryKeyThatIsKnown() throws {
    let rows = try Self.page().split(separator: "\n").compactMap { row in
      row.hasPrefix("| `") ? String(row.dropFirst(3).prefix { $0 != "`" }) : nil
    }
    let keys = try Self.example().split(separator: "\n").compactMap { line in
      line.first?.isLetter == true ? String(line.prefix { $0 != ":" }) : nil
    }
    #expect(Set(rows) == Set(keys).union(["device"]) && rows.count == Set(rows).count)
    for key in rows {
      let error = #expect(throws: ProfileError.self) { try ProfileDocument.parse("\(key): x\nnonsense: 1\n") }
      #expect(error?.description.contains("'\(key)' is not known") == false, "\(key)")
    }
  }
}

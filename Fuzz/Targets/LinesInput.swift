import AdministrationAPI
import Foundation
import Issuance
import WireFormats

/// Files of lines: another authority's index, and devices as comma-separated values or as JSON lines.
enum LinesInput {
  static func takesIndex(_ bytes: [UInt8]) -> Bool {
    guard let text = String(validating: bytes, as: UTF8.self) else { return false }
    return (try? IndexEntry.all(of: text)).map { !$0.isEmpty } ?? false
  }

  static func takesDevices(_ bytes: [UInt8]) -> Bool {
    if bytes.first == UInt8(ascii: "{") {
      let lines = bytes.split(separator: 0x0A)
      return lines.allSatisfy { (try? JSONDecoder().decode(NewDevice.self, from: Data($0))) != nil }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { return false }
    let records = CommaSeparated.records(text)
    guard let header = records.first else { return false }
    return records.allSatisfy { $0.isWhole && $0.fields.count == header.fields.count }
  }
}

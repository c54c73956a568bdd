import Foundation
import Issuance
import WireFormats

/// Published revocation lists in files, and in folders of them.
enum RevocationListFiles {
  private static let longest = 256 << 20

  /// - Parameter paths: files in DER or PEM, and folders, of which every file that ends in `.crl` is read.
  static func read(_ paths: [String]) throws(CommandFailure) -> [GivenList] {
    var lists: [GivenList] = []
    for path in paths {
      for file in try files(path) {
        lists.append(GivenList(name: file, octets: try octets(file), isBesideOthers: file != path))
      }
    }
    return lists
  }

  private static func files(_ path: String) throws(CommandFailure) -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      return [path]
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let files = names.filter { $0.hasSuffix(".crl") }.sorted().map { path + "/" + $0 }
    guard !files.isEmpty else {
      throw CommandFailure(
        .refused, "\(path) holds no file that ends in .crl", hint: "keep there what http://…/crl/IDENTIFIER.crl gives")
    }
    return files
  }

  private static func octets(_ path: String) throws(CommandFailure) -> [UInt8] {
    let octets = try InputFile.bytes(path, limit: longest)
    guard octets.first != 0x30, let text = String(validating: octets, as: UTF8.self) else { return octets }
    return PEM.parse(text)?.first { $0.label == "X509 CRL" }?.bytes ?? octets
  }
}

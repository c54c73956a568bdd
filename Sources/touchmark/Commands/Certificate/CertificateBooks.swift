import AdministrationAPI
import Foundation
import Issuance
import WireFormats

/// Another authority's books on this machine: its index, its certificates' files, its last CRL.
package struct CertificateBooks {
  private let source: Source
  private let folder: String
  private let more: String?
  private let crl: String?

  private enum Source {
    case index([IndexEntry])
    case table(CertificateTable)
  }

  package var count: Int {
    switch source {
    case .index(let entries): entries.count
    case .table(let table): table.count
    }
  }

  /// Folders beside an index where openssl (`newcerts`, `certs`) and easy-rsa keep certificates under their serial number.
  private static let bySerial = ["newcerts", "certs_by_serial", "revoked/certs_by_serial", "certs"]
  private static let endings = ["pem", "crt", "cer", "der"]

  /// - Parameter path: an index, a folder with one, a folder of certificates, or a table of CFSSL's.
  package init(_ path: String, certificates: String?, crl: String?) throws(CommandFailure) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw InputFile.missing(path, kind: "file or folder")
    }
    (more, self.crl) = (certificates, crl)
    let indexes = isFolder.boolValue ? ["", "/pki", "/demoCA"].map { path + $0 + "/index.txt" } : [path]
    if let index = indexes.first(where: { FileManager.default.fileExists(atPath: $0) }) {
      source = try Self.source(index)
      folder = (index as NSString).deletingLastPathComponent
    } else {
      folder = path
      source = .index(try Self.files(in: path))
    }
    guard count > 0 else { throw CommandFailure(.refused, "\(path) holds no certificates") }
  }

  private static func source(_ index: String) throws(CommandFailure) -> Source {
    let text = try InputFile.text(index, limit: 256 * 1024 * 1024)
    if CertificateTable.isOne(text) { return .table(try CertificateTable(text)) }
    do { return .index(try IndexEntry.all(of: text)) } catch {
      throw CommandFailure(.refused, error.reason, hint: error.hint)
    }
  }

  private static func files(in folder: String) throws(CommandFailure) -> [IndexEntry] {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { endings.contains(($0 as NSString).pathExtension.lowercased()) }.sorted()
    return names.enumerated().map { IndexEntry(line: $0.offset + 1, file: "\(folder)/\($0.element)") }
  }

  package func parts(of size: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }

  package func lines(_ part: Range<Int>) throws(CommandFailure) -> [ImportedCertificateLine] {
    var lines: [ImportedCertificateLine] = []
    for index in part {
      switch source {
      case .index(let entries): lines.append(try line(entries[index]))
      case .table(let table): lines.append(try table.line(index))
      }
    }
    return lines
  }

  /// The last CRL as PEM; nil where there is none.
  package func list() throws(CommandFailure) -> String? {
    let beside = folder + "/crl.pem"
    guard let path = crl ?? (FileManager.default.fileExists(atPath: beside) ? beside : nil) else { return nil }
    let bytes = try InputFile.bytes(path, limit: 16 * 1024 * 1024)
    if bytes.first == 0x30 { return PEM(label: "X509 CRL", bytes: bytes).text }
    guard let block = (PEM.parse(String(decoding: bytes, as: UTF8.self)) ?? []).first(where: { $0.label == "X509 CRL" })
    else { throw CommandFailure(.refused, "\(path) holds no CRL") }
    return block.text
  }

  private func line(_ entry: IndexEntry) throws(CommandFailure) -> ImportedCertificateLine {
    ImportedCertificateLine(
      line: entry.line, certificate: try certificate(of: entry), serialNumber: entry.serial,
      revokedAt: entry.revokedAt?.description, reason: entry.reason)
  }

  private func certificate(of entry: IndexEntry) throws(CommandFailure) -> String? {
    guard let path = path(of: entry) else { return nil }
    let bytes = try InputFile.bytes(path)
    if bytes.first == 0x30 { return PEM(label: "CERTIFICATE", bytes: bytes).text }
    return (PEM.parse(String(decoding: bytes, as: UTF8.self)) ?? []).first { $0.label == "CERTIFICATE" }?.text
  }

  private func path(of entry: IndexEntry) -> String? {
    let named = entry.file.map {
      $0.hasPrefix("/") || folder.isEmpty ? $0 : entry.serial == nil ? $0 : "\(folder)/\($0)"
    }
    if let named, FileManager.default.fileExists(atPath: named) { return named }
    guard let serial = entry.serial else { return nil }
    let folders = Self.bySerial.map { folder.isEmpty ? $0 : "\(folder)/\($0)" } + [more].compactMap { $0 }
    for folder in folders {
      for name in [serial, serial.lowercased()] {
        for ending in Self.endings where FileManager.default.fileExists(atPath: "\(folder)/\(name).\(ending)") {
          return "\(folder)/\(name).\(ending)"
        }
      }
    }
    return nil
  }
}

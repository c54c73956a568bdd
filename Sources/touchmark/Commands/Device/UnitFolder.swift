import Credentials
import Foundation
import WireFormats

/// A request on its way to a certificate: one device on the line.
package struct EnrollmentUnit: Hashable, Sendable {
  /// The request's file.
  package let file: String
  /// Where its certificate goes.
  package let out: String
  /// As the operator said it; nil where the request or its file says it.
  package let stated: String?
}

/// The requests that a station was given, and where their certificates go.
package struct UnitFolder {
  package let units: [EnrollmentUnit]

  /// What a request's file is called.
  private static let endings: Set = ["csr", "p10", "req", "pem", "der"]

  /// - Parameter path: one request, or a folder of them.
  /// - Throws: `.notFound` when it is not there, `.refused` when it holds none, or two of one name; `.usage` for a serial with a folder.
  package init(_ path: String, serial: String?, out: String) throws(CommandFailure) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw InputFile.missing(path, kind: "file or folder")
    }
    do {
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure(.refused, "the folder \(out) cannot be made")
    }
    guard isFolder.boolValue else {
      let name = Self.fileName(serial ?? Self.stem(path))
      units = [EnrollmentUnit(file: path, out: "\(out)/\(name).pem", stated: serial)]
      return
    }
    guard serial == nil else {
      throw CommandFailure(.usage, "a folder's requests say their serials themselves", hint: "leave SERIAL out")
    }
    units = try Self.units(in: path, out: out)
  }

  private static func units(in folder: String, out: String) throws(CommandFailure) -> [EnrollmentUnit] {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { !$0.hasPrefix(".") && endings.contains(($0 as NSString).pathExtension.lowercased()) }.sorted()
    guard !names.isEmpty else {
      throw CommandFailure(
        .refused, "\(folder) holds no requests", hint: "their files end in .csr, .p10, .req, .pem or .der")
    }
    var seen: Set<String> = []
    var units: [EnrollmentUnit] = []
    for name in names {
      guard seen.insert(stem(name)).inserted else {
        throw CommandFailure(.refused, "\(folder) holds two requests called \(stem(name))")
      }
      units.append(EnrollmentUnit(file: "\(folder)/\(name)", out: "\(out)/\(stem(name)).pem", stated: nil))
    }
    return units
  }

  static func stem(_ path: String) -> String {
    (((path as NSString).lastPathComponent) as NSString).deletingPathExtension
  }

  /// A serial may hold characters that a file's name may not.
  private static func fileName(_ serial: String) -> String {
    let name = String(serial.map { $0.isLetter || $0.isNumber || "-._+,=()' ".contains($0) ? $0 : "_" })
    return name.hasPrefix(".") ? "_" + name.dropFirst() : name
  }
}

import AdministrationAPI
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The secrets of many devices, a line of CSV each, for its owner alone.
package final class SecretsFile {
  private let descriptor: Int32
  private let path: String
  /// The last member whose line is whole.
  package let place: Int

  private static let header = [
    "position", "serial", "manufacturer", "profile", "secret", "expires", "url", "root_sha256", "refusal",
  ]

  /// Makes it, or goes on behind its last whole line.
  ///
  /// - Throws: `.refused` when it cannot be written, or holds something else.
  package init(_ path: String) throws(CommandFailure) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Self.failure(path) }
    var kept: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(descriptor, &part, part.count), count > 0 { kept += part[..<count] }
    let header = Array(CSV.record(Self.header).utf8)
    guard kept.isEmpty || kept.starts(with: header) else {
      close(descriptor)
      throw CommandFailure(.refused, "\(path) holds something else", hint: "name another file for the secrets")
    }
    // A line that a crash cut short goes: its member is asked for again.
    let end = kept.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let last = kept[..<max(end - 1, 0)].lastIndex(of: 0x0A).map { kept[($0 + 1)..<end] } ?? []
    place = Int(String(decoding: last.prefix { $0 != UInt8(ascii: ",") }, as: UTF8.self)) ?? 0
    guard ftruncate(descriptor, off_t(end)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else { throw Self.failure(path) }
    if kept.isEmpty { try write(header) }
  }

  deinit { close(descriptor) }

  /// Durable when this returns.
  package func append(_ part: ActInvitations) throws(CommandFailure) {
    let lines = part.items.map { item in
      CSV.record([
        "\(item.position)", item.serial ?? "", item.manufacturer ?? "", item.profile ?? "", item.secret ?? "",
        item.expires ?? "", part.url, part.rootSHA256, item.refusal ?? "",
      ])
    }
    try write(Array(lines.joined().utf8))
    guard fsync(descriptor) == 0 else { throw Self.failure(path) }
  }

  private func write(_ bytes: [UInt8]) throws(CommandFailure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { platformWrite(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 || errno == EINTR else { throw Self.failure(path) }
      rest = rest.dropFirst(max(count, 0))
    }
  }

  private static func failure(_ path: String) -> CommandFailure {
    CommandFailure(.refused, "\(path) cannot be written: \(String(cString: strerror(errno)))")
  }
}

/// The system's, which a method of that name hides.
private func platformWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

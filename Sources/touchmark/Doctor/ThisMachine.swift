import AsyncHTTPClient
import Foundation
import KeyCustody
import NIOCore
import NIOSSL
import WireFormats

/// The machine that the command runs on.
struct ThisMachine: Machine {
  /// PEM, for addresses under HTTPS.
  let root: String

  func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  func mode(of path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_mode & 0o777) : nil
  }

  func names(in path: String) -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }

  func room(at path: String) -> (free: Int64, total: Int64)? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    let size = Int64(clamping: status.f_frsize)
    let free = Int64(clamping: status.f_bavail).multipliedReportingOverflow(by: size)
    let total = Int64(clamping: status.f_blocks).multipliedReportingOverflow(by: size)
    return free.overflow || total.overflow ? nil : (free.partialValue, total.partialValue)
  }

  func syncTimes(in path: String) -> [Duration]? {
    let file = "\(path)/.doctor-\(ProcessInfo.processInfo.processIdentifier)"
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    defer {
      close(descriptor)
      unlink(file)
    }
    let page = [UInt8](repeating: 0xA5, count: 4096)
    var times: [Duration] = []
    for _ in 0..<7 {
      guard write(descriptor, page, page.count) == page.count else { return nil }
      let began = ContinuousClock.now
      guard fsync(descriptor) == 0 else { return nil }
      times.append(began.duration(to: .now))
    }
    return times
  }

  func isInMemory(_ path: String) -> Bool {
    // proc_mounts(5): device, mount point, type, options. The longest mount point above the folder is its own.
    guard let real = realpath(path, nil), let mounts = try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)
    else { return false }
    defer { free(real) }
    let folder = String(cString: real)
    var own: (point: Substring, type: Substring) = ("", "")
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 2, fields[1].utf8.count >= own.point.utf8.count else { continue }
      let below = fields[1] == "/" ? "/" : "\(fields[1])/"
      if folder == fields[1] || folder.hasPrefix(below) { own = (fields[1], fields[2]) }
    }
    return own.type == "tmpfs" || own.type == "ramfs"
  }

  func hardwareClock() -> Instant? {
    // Documentation/ABI/testing/sysfs-class-rtc: seconds since 1970, as the clock's own fields say it.
    guard let text = try? String(contentsOfFile: "/sys/class/rtc/rtc0/since_epoch", encoding: .utf8),
      let seconds = Int64(text.trimmingCharacters(in: .whitespacesAndNewlines)), seconds >= 0
    else { return nil }
    return Instant(seconds: seconds)
  }

  func secretKind(of keys: String) -> SecretKind? { try? SealedKeyStore.secretKind(directory: keys) }

  func fetch(_ url: String, posting body: FetchBody?) async throws -> Fetched {
    var tls = TLSConfiguration.makeClientConfiguration()
    if url.hasPrefix("https:") { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(root)) }
    var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
    configuration.timeout = .init(connect: .seconds(5), read: .seconds(10))
    // As a verifier does: what is elsewhere is not there.
    configuration.redirectConfiguration = .disallow
    configuration.connectionPool.retryConnectionEstablishment = false
    return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
      var request = HTTPClientRequest(url: url)
      if let body {
        request.method = .POST
        request.headers.add(name: "Content-Type", value: body.type)
        request.body = .bytes(ByteBuffer(bytes: body.bytes))
      }
      let answer = try await client.execute(request, timeout: .seconds(15))
      let bytes = try await answer.body.collect(upTo: 64 * 1024 * 1024)
      return Fetched(status: Int(answer.status.code), bytes: Array(bytes.readableBytesView))
    }
  }
}

import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// How much memory this process keeps of what it has let go of. Elsewhere than on glibc nothing is done: its allocator
/// alone keeps an arena for each thread, and large blocks that were freed once.
enum ProcessMemory {
  /// To be called before other threads begin.
  static func bound() {
    #if canImport(Glibc)
    guard let mallopt = function("mallopt", as: (@convention(c) (Int32, Int32) -> Int32).self) else { return }
    // <malloc.h>: M_ARENA_MAX is -8 and M_MMAP_THRESHOLD -3. Said once, the threshold no longer grows with what is freed,
    // so that the lists and members of large acts go back to the system at once.
    _ = mallopt(-8, 4)
    _ = mallopt(-3, 128 * 1024)
    #endif
  }

  /// Gives back what large acts, lists and reports left free among what is in use; until cancelled.
  static func trimming() async {
    #if canImport(Glibc)
    guard let trim = function("malloc_trim", as: (@convention(c) (Int) -> Int32).self) else { return }
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(5))
      if let resident, resident > worthTrimming { _ = trim(0) }
    }
    #else
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    #endif
  }

  /// Octets: less is what a server of a small fleet needs anyway.
  private static let worthTrimming = 96 << 20

  #if canImport(Glibc)
  /// Not in every module map, and in no other library.
  private static func function<Function>(_ name: String, as type: Function.Type) -> Function? {
    dlsym(nil, name).map { unsafeBitCast($0, to: type) }
  }

  /// Octets, from /proc/self/statm, which counts pages; nil where there is none.
  private static var resident: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? Int(fields[1]).map { $0 * Int(getpagesize()) } : nil
  }
  #endif
}
